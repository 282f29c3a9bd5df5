import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { KubernetesObject, Pod } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { listJson, objectJson } from './encoding'

const read = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'))
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const podOf = (name: string, spec: object): Pod =>
  deepFrozen({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: { é: '✓' } },
    spec: { nodeName: `node-of-${name}`, ...spec },
    status: { phase: 'Running' },
  }) as unknown as Pod

describe('objects as JSON', () => {
  const parts = fc.record(
    {
      containers: fc.array(fc.record({ name: fc.string(), image: fc.string() }), { maxLength: 3 }),
      volumes: fc.array(fc.record({ name: fc.string() }), { maxLength: 2 }),
      hostNetwork: fc.boolean(),
    },
    { requiredKeys: ['containers'] },
  )

  it('API-193: are themselves, whatever the objects before them have shared', () => {
    fc.assert(
      fc.property(
        fc.array(parts, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat()),
        (all, picks) => {
          const templates = all.map((template) => deepFrozen(template))
          const pods = picks.map((pick, index) =>
            podOf(`p${index}`, templates[pick % templates.length] ?? {}),
          )
          for (const pod of pods) assert.deepEqual(read(objectJson(pod)), plain(pod))
          const list = read(listJson({ kind: 'PodList', apiVersion: 'v1' }, meta, pods))
          const items = pods.map(({ apiVersion, kind, ...item }) => item)
          assert.deepEqual(list, {
            kind: 'PodList',
            apiVersion: 'v1',
            metadata: meta,
            items: plain(items),
          })
        },
      ),
    )
  })

  const meta = { resourceVersion: '7' }

  it('do not take over what was not frozen and has changed since', () => {
    const containers = [{ name: 'a', image: 'old' }]
    const pod = (): KubernetesObject =>
      ({ ...podOf('p', {}), spec: { containers } }) as unknown as KubernetesObject
    objectJson(pod())
    containers[0] = { name: 'a', image: 'new' }
    assert.match(objectJson(pod()).toString(), /"image":"new"/)
  })

  it('leave out what is undefined, and show an empty spec', () => {
    const pod = { ...podOf('p', {}), spec: { containers: [], volumes: undefined } }
    assert.deepEqual((read(objectJson(pod as unknown as Pod)) as Pod).spec, { containers: [] })
  })
})
