import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchEvent } from '../../kubernetes/client'
import type { Pod } from '../../kubernetes/types'
import { FakeClient } from './fake-client'
import { drained, ManualClock } from './manual-clock'
import { RequestLimit } from './request-limit'

const key = { namespace: 'default', name: 'web' }

test('API-150: an update or patch that changes nothing is not announced', async () => {
  const client = new FakeClient(() => 0)
  const pod = client.put('Pod', { metadata: { ...key, labels: { app: 'web' } } })
  const seen: WatchEvent<Pod>['type'][] = []
  client.watch('Pod', {}, { event: ({ type }) => seen.push(type), ended: () => {} })

  const same = [
    await client.update('Pod', { ...pod }),
    await client.patch('Pod', key, {
      type: 'merge',
      body: { metadata: { labels: { app: 'web' } } },
    }),
  ]
  await drained()
  assert.deepEqual(seen, [])
  for (const { metadata } of same) {
    assert.equal(metadata.resourceVersion, pod.metadata.resourceVersion)
  }

  await client.patch('Pod', key, { type: 'merge', body: { metadata: { labels: { app: 'db' } } } })
  await drained()
  assert.deepEqual(seen, ['MODIFIED'])
})

test('a controller that never rests is ended, and only one that does not rest', async () => {
  const clock = new ManualClock()
  const restless: string[] = []
  const now = () => clock.now()
  const limit = new RequestLimit(now, ({ message }) => restless.push(message))
  const client = new FakeClient(now, limit)
  const ask = async (times: number) => {
    for (let time = 0; time < times; time++) await client.list('Pod')
  }
  await ask(20_000)
  await clock.advance(1)
  await ask(20_000)
  assert.deepEqual(restless, [])

  await assert.rejects(ask(1), /more than 20000 requests in one moment/)
  assert.equal(restless.length, 1)
})
