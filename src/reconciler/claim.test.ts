import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controllerOf } from '../kubernetes/owner-references'
import { StatusError } from '../kubernetes/status-error'
import type { ControllerRevision, Pod } from '../kubernetes/types'
import { claimedPodMap, claimedPods, claimedRevisions } from './claim'
import type { ControllerContext } from './controller-context'
import { revisionDraftOf } from './history'
import { PodIndex } from './pod-index'
import type { PodMap } from './pod-map'
import { FakeClient } from './testing/fake-client'
import { daemonSetOf, epoch, podOf } from './testing/objects'
import { WrittenVersions } from './written-versions'

const daemonSet = daemonSetOf()
const labels = { app: 'agent' }
const isPatch = ({ verb }: { readonly verb: string }) => verb === 'patch'

/** A cache that does not move while pods and revisions are claimed, as caches lag behind writes. */
function claiming(
  pods: readonly Pod[],
  { live = daemonSet, revisions = [] as readonly ControllerRevision[] } = {},
) {
  const client = new FakeClient(() => epoch)
  client.put('DaemonSet', { ...live })
  for (const pod of pods) client.put('Pod', { ...pod })
  for (const revision of revisions) client.put('ControllerRevision', { ...revision })
  const podIndex = new PodIndex()
  for (const pod of client.all('Pod')) podIndex.set(pod, undefined)
  const writtenVersions = new WrittenVersions()
  const revisionsByNamespace = { in: () => client.all('ControllerRevision') }
  const context = { client, podIndex, writtenVersions, revisionsByNamespace }
  return { client, podIndex, writtenVersions, context: context as unknown as ControllerContext }
}

const own = [
  podOf({ name: 'own-0', owner: daemonSet, nodeName: 'node-0' }),
  podOf({ name: 'own-1', owner: daemonSet, nodeName: 'node-1' }),
]
const orphan = podOf({ name: 'orphan', labels, nodeName: 'node-0' })
const mismatched = podOf({ name: 'mismatched', owner: daemonSet, labels: { app: 'other' } })

/** The names by node, sorted. */
function namesOf(podMap: PodMap): Record<string, readonly string[]> {
  const byNode = [...podMap].map(([node, pods]) => [
    node,
    pods.map((pod) => pod.metadata.name).sort(),
  ])
  return Object.fromEntries(byNode)
}

function revisionOf(name: string, metadata: object = {}): ControllerRevision {
  const draft = revisionDraftOf(daemonSet, 1)
  return { ...draft, metadata: { ...draft.metadata, name, ...metadata } } as never
}

describe('claimed pods', () => {
  test('MANAGE-48, MANAGE-53: adopted pods are there at once, beside the others', async () => {
    const { context } = claiming([...own, orphan])
    assert.deepEqual(namesOf(await claimedPodMap(daemonSet, context)), {
      'node-0': ['orphan', 'own-0'],
      'node-1': ['own-1'],
    })
    const again = claiming([...own, orphan])
    const all = await claimedPods(daemonSet, again.context)
    assert.deepEqual(
      all.map((pod) => [pod.metadata.name, controllerOf(pod)?.uid]),
      [
        ['own-0', 'uid-of-agent'],
        ['own-1', 'uid-of-agent'],
        ['orphan', 'uid-of-agent'],
      ],
    )
  })

  test('MANAGE-48: without an adoption the pods are those of the index, not copied', async () => {
    const { context, podIndex } = claiming(own)
    const podMap = await claimedPodMap(daemonSet, context)
    assert.equal(podMap, podIndex.controlledBy(daemonSet).podMap)
    assert.deepEqual(namesOf(podMap), { 'node-0': ['own-0'], 'node-1': ['own-1'] })
  })

  test('MANAGE-53, MANAGE-55: what is asked of the API to adopt and to release', async () => {
    const { context, client } = claiming([orphan, mismatched])
    const bodies: unknown[] = []
    const patch = client.patch.bind(client)
    client.patch = (kind, key, body) => {
      bodies.push([kind, key, body])
      return patch(kind, key, body)
    }
    await claimedPods(daemonSet, context)
    const reference = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      name: 'agent',
      uid: 'uid-of-agent',
      controller: true,
      blockOwnerDeletion: true,
    }
    const strategic = (uid: string, ownerReferences: unknown[]) => ({
      type: 'strategic',
      body: { metadata: { ownerReferences, uid } },
    })
    assert.deepEqual(bodies, [
      ['Pod', { namespace: 'default', name: 'orphan' }, strategic('uid-of-orphan', [reference])],
      [
        'Pod',
        { namespace: 'default', name: 'mismatched' },
        strategic('uid-of-mismatched', [{ $patch: 'delete', uid: 'uid-of-agent' }]),
      ],
    ])
  })

  test('GATES-03, GATES-05: adopting a pod is tracked, adopting a revision and releasing are not', async () => {
    const versionless = () => '1'
    const adopting = claiming([orphan])
    await claimedPods(daemonSet, adopting.context)
    assert.equal(
      adopting.writtenVersions.staleness('default/agent', versionless),
      'read version "1" is not as new as written version "103" for Pod',
    )
    const orphaned = revisionOf('orphan', { ownerReferences: [] })
    const others = claiming([mismatched], { revisions: [orphaned] })
    await claimedPods(daemonSet, others.context)
    await claimedRevisions(daemonSet, others.context)
    assert.equal(others.client.requests.filter(isPatch).length, 2)
    assert.equal(others.writtenVersions.staleness('default/agent', versionless), undefined)
  })
})

describe('claims that fail', () => {
  test('MANAGE-52: the live check names what it found, and nothing is adopted', async () => {
    const { metadata } = daemonSet
    const another = { ...daemonSet, metadata: { ...metadata, uid: 'another' } }
    const deletionTimestamp = '2026-01-01T00:00:00Z'
    const going = { ...daemonSet, metadata: { ...metadata, deletionTimestamp } }
    const cases: [typeof daemonSet, string][] = [
      [another, 'original DaemonSet default/agent is gone: got uid another, wanted uid-of-agent'],
      [going, `DaemonSet default/agent has just been deleted at ${deletionTimestamp}`],
    ]
    for (const [live, reason] of cases) {
      const { context, client } = claiming([orphan], { live })
      const error = await claimedPods(daemonSet, context).catch((one) => one)
      assert.equal(error.message, `can't adopt Pods: ${reason}`)
      assert.equal(error.cause.message, reason)
      assert.equal(client.count('patch', 'Pod'), 0)
    }
  })

  test('MANAGE-52: whoever may not adopt may still release', async () => {
    const { context, client } = claiming([orphan, mismatched])
    client.drop('DaemonSet', { namespace: 'default', name: 'agent' })
    const message = `can't adopt Pods: daemonsets "agent" not found`
    await assert.rejects(claimedPods(daemonSet, context), { message })
    const patched = client.requests.filter(isPatch).map(({ name }) => name)
    assert.deepEqual(patched, ['mismatched'])
  })

  test('MANAGE-54: a release that is refused fails the claim, one that finds nothing does not', async () => {
    const verdicts: [StatusError, string | undefined][] = [
      [new StatusError('NotFound', 'gone'), undefined],
      [new StatusError('Invalid', 'another pod'), undefined],
      [new StatusError('Forbidden', 'no'), 'no'],
      [new StatusError('Conflict', 'not now'), 'not now'],
    ]
    for (const [refusal, message] of verdicts) {
      const { context, client } = claiming([...own, mismatched])
      client.refuse = (request) => (isPatch(request) ? refusal : undefined)
      const outcome = claimedPods(daemonSet, context)
      if (message !== undefined) await assert.rejects(outcome, { message })
      else assert.equal((await outcome).length, own.length)
    }
  })

  test('MANAGE-54: one refusal keeps nobody else from being adopted or released', async () => {
    const second = podOf({ name: 'second', labels })
    const { context, client } = claiming([orphan, second, mismatched])
    client.refuse = ({ verb, name }) =>
      verb === 'patch' && name !== 'second' ? new StatusError('Forbidden', `no ${name}`) : undefined
    await assert.rejects(claimedPods(daemonSet, context), { message: '[no orphan, no mismatched]' })
    const found = client.all('Pod').find(({ metadata }) => metadata.name === 'second')
    assert.equal(found && controllerOf(found)?.uid, 'uid-of-agent')
  })
})

test('HISTORY-18: adopted revisions are returned beside the owned ones', async () => {
  const orphaned = revisionOf('orphan', { ownerReferences: [] })
  const names = async (...revisions: readonly ControllerRevision[]) => {
    const { context } = claiming([], { revisions })
    const claimed = await claimedRevisions(daemonSet, context)
    return claimed.map(({ metadata }) => metadata.name)
  }
  assert.deepEqual(await names(revisionOf('own'), orphaned), ['own', 'orphan'])
  assert.deepEqual(await names(revisionOf('own')), ['own'])
})
