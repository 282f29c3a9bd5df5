import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DaemonSet } from '../kubernetes/types'
import { withCluster } from './cluster-fixture'
import { daemonSetDraft, watched } from './server-fixture'

/** What the client command `rollout status` reports of a DaemonSet. */
function rolloutStatusOf({ metadata, spec, status }: DaemonSet): string {
  if (spec.updateStrategy?.type !== 'RollingUpdate') {
    throw new Error('rollout status is only available for RollingUpdate strategy type')
  }
  const { desiredNumberScheduled: desired } = status
  const { updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = status
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return 'not observed'
  if (updated < desired) return `${updated} out of ${desired} updated`
  if (available < desired) return `${available} of ${desired} available`
  return 'done'
}

describe('the status through a rollout', () => {
  it('UPDATE-64: tells of observed, updated and available, in this order', async () => {
    await withCluster(async ({ client, cluster, join, daemonSet, until }) => {
      await join('node-a', 'node-b', 'node-c')
      const { metadata } = await daemonSet(daemonSetDraft('agent'), 3)
      const { resourceVersion } = metadata
      const { events } = watched(client, 'DaemonSet', { resourceVersion })
      const key = { name: 'agent', namespace: 'default' }
      const template = { spec: { containers: [{ name: 'main', image: 'main:2' }] } }
      await client.patch('DaemonSet', key, { type: 'strategic', body: { spec: { template } } })
      const reported: string[] = []
      await until('the rollout is over', async () => {
        for (const { object } of events.splice(0)) {
          const report = rolloutStatusOf(object as DaemonSet)
          if (report !== reported.at(-1)) reported.push(report)
        }
        return reported.at(-1) === 'done'
      })
      await cluster.drain()
      assert.deepEqual(reported, [
        'not observed',
        '0 out of 3 updated',
        '1 out of 3 updated',
        '2 out of 3 updated',
        '2 of 3 available',
        'done',
      ])
      const body = { spec: { updateStrategy: { $patch: 'replace', type: 'OnDelete' } } }
      const onDelete = await client.patch('DaemonSet', key, { type: 'strategic', body })
      assert.throws(() => rolloutStatusOf(onDelete), /only available for RollingUpdate/)
    })
  })
})

describe('what another template is', () => {
  // As a cluster of release 1.36.2 answered the same patches.
  const changes = [
    { is: 'an empty affinity', field: 'affinity', value: {}, changesTemplate: true },
    { is: 'an empty DNS configuration', field: 'dnsConfig', value: {}, changesTemplate: true },
    {
      is: 'an empty security context of a container',
      field: 'containers/0/securityContext',
      value: {},
      changesTemplate: true,
    },
    { is: 'an empty list', field: 'volumes', value: [], changesTemplate: false },
    { is: 'an empty map', field: 'nodeSelector', value: {}, changesTemplate: false },
  ] as const

  for (const { is, field, value, changesTemplate } of changes) {
    it(`API-18, HISTORY-09: ${is} is ${changesTemplate ? 'one' : 'none'}`, async () => {
      await withCluster(async ({ client, cluster, join, daemonSet }) => {
        await join('node-a')
        await daemonSet(daemonSetDraft('agent'), 1)
        const key = { name: 'agent', namespace: 'default' }
        const operations = [{ op: 'add', path: `/spec/template/spec/${field}`, value }] as const
        await client.patch('DaemonSet', key, { type: 'json', operations })
        await cluster.advance(60_000)
        const { metadata, status } = await client.get('DaemonSet', key)
        const revisions = await client.list('ControllerRevision', { namespace: 'default' })
        const hashes = revisions.items.map(({ metadata: { name } }) => name)
        const expected = changesTemplate ? 2 : 1
        assert.equal(metadata.generation, expected)
        assert.equal(new Set(hashes).size, expected)
        assert.equal(status?.updatedNumberScheduled, 1)
      })
    })
  }
})
