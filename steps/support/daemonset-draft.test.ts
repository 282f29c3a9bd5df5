import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { DaemonSet } from '../../src/kubernetes/types'
import { daemonSetDraft, daemonSetPatch } from './daemonset-draft'

describe('a DaemonSet by name and settings', () => {
  test('selects its pods by its name', () => {
    assert.deepEqual(daemonSetDraft('agent'), {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: {
          metadata: { labels: { app: 'agent' } },
          spec: { containers: [{ name: 'main', image: 'agent:v1' }] },
        },
      },
    })
  })

  test('puts each setting where Kubernetes has it', () => {
    const { spec } = daemonSetDraft('agent', {
      maxUnavailable: '50%',
      image: 'agent:v2',
      cpu: '2',
      tolerations: 'none',
      hostNetwork: 'false',
    }) as unknown as DaemonSet
    assert.deepEqual(spec.updateStrategy, { rollingUpdate: { maxUnavailable: '50%' } })
    assert.deepEqual(spec.template.spec, {
      hostNetwork: false,
      containers: [{ name: 'main', image: 'agent:v2', resources: { requests: { cpu: '2' } } }],
    })
  })

  test('refuses a setting that does not exist', () => {
    assert.throws(() => daemonSetDraft('agent', { replicas: '3' }), /"replicas" is no setting/)
  })

  test('a change replaces the whole nodeSelector', () => {
    const daemonSet = daemonSetDraft('agent', {
      nodeSelector: 'disk=ssd,zone=east',
    }) as unknown as DaemonSet
    assert.deepEqual(daemonSetPatch(daemonSet, { nodeSelector: 'zone=west' }), {
      spec: { template: { spec: { nodeSelector: { disk: null, zone: 'west' } } } },
    })
    assert.deepEqual(daemonSetPatch(daemonSet, { nodeSelector: 'none' }), {
      spec: { template: { spec: { nodeSelector: null } } },
    })
  })
})
