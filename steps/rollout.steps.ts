import assert from 'node:assert/strict'
import { Then } from '@cucumber/cucumber'
import { isPodReady, isPodTerminal } from '../src/kubernetes/conditions'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import { controllerRevisionHashLabel } from '../src/kubernetes/pods'
import type { DaemonSet, KubernetesObject, Pod } from '../src/kubernetes/types'
import type { ObservedEvent } from '../src/targets/observation'
import type { NodeNames } from './support/node-names'
import {
  isGone,
  isServing,
  isTerminating,
  type Moment,
  momentsOf,
  podsByNode,
} from './support/pod-history'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

Then(
  'at no time were more than {int} nodes without an available daemon pod of {string}',
  async function (this: ConformanceWorld, limit: number, name: string) {
    const nodes = daemonPodsAmong(this.before.pods, name).map(targetNodeNameOf)
    const minReadySeconds = await minReadySecondsOf(this, name)
    for (const { now, pods } of await historyOf(this, name)) {
      const served = new Set(
        pods.filter((pod) => isServing(pod, minReadySeconds, now)).map(targetNodeNameOf),
      )
      const without = nodes.filter((node) => !served.has(node))
      assert(without.length <= limit, `at one time ${without.join(', ')} had no available pod`)
    }
  },
)

Then(
  'at all times at least {int} nodes had an available daemon pod of {string}',
  async function (this: ConformanceWorld, minimum: number, name: string) {
    const minReadySeconds = await minReadySecondsOf(this, name)
    for (const { now, pods } of await historyOf(this, name)) {
      const served = new Set(
        pods.filter((pod) => isServing(pod, minReadySeconds, now)).map(targetNodeNameOf),
      )
      assert(served.size >= minimum, `at one time only ${[...served].join(', ')} had one`)
    }
  },
)

Then(
  'at no time were more than {int} nodes waiting for the successor of a daemon pod of {string}',
  async function (this: ConformanceWorld, limit: number, name: string) {
    const minReadySeconds = await minReadySecondsOf(this, name)
    for (const { now, pods } of await historyOf(this, name)) {
      const waiting = [...podsByNode(pods)].filter(([, onNode]) => {
        const staying = onNode.filter((pod) => !isTerminating(pod))
        return staying.length > 1 && !staying.every((pod) => isServing(pod, minReadySeconds, now))
      })
      const nodes = waiting.map(([node]) => node)
      assert(nodes.length <= limit, `at one time ${nodes.join(', ')} waited for a successor`)
    }
  },
)

Then(
  'no node ran two daemon pods of {string} at a time',
  async function (this: ConformanceWorld, name: string) {
    await this.cluster.settle()
    const moments = momentsOf(this.cluster.observation(), { daemonSet: name, from: 0 })
    assert(moments.length > 0, `the observation shows daemon pods of ${name}`)
    for (const { pods } of moments) {
      for (const [node, onNode] of podsByNode(pods)) {
        const names = onNode.filter((pod) => !isGone(pod)).map(({ metadata }) => metadata.name)
        assert(names.length <= 1, `${node} had the pods ${names.join(' and ')} at one time`)
      }
    }
  },
)

Then(
  'on no node was a daemon pod of {string} created before its predecessor was gone',
  async function (this: ConformanceWorld, name: string) {
    const created = (await historyOf(this, name)).filter(({ change }) => change.type === 'ADDED')
    assert(created.length > 0, `daemon pods of ${name} were created`)
    for (const { pods, change } of created) {
      const node = targetNodeNameOf(change.pod)
      const present = pods.filter((pod) => targetNodeNameOf(pod) === node && !isGone(pod))
      assert.deepEqual(present.map(nameOf), [nameOf(change.pod)], `the pods on ${node}`)
    }
  },
)

Then(
  'no daemon pod of {string} was deleted while it was available',
  async function (this: ConformanceWorld, name: string) {
    const minReadySeconds = await minReadySecondsOf(this, name)
    for (const { change, now } of await historyOf(this, name)) {
      const { pod, previous, type } = change
      const isDeleted = type === 'DELETED' || isTerminating(pod)
      const wasServing = previous !== undefined && isServing(previous, minReadySeconds, now)
      assert(!(isDeleted && wasServing), `${nameOf(pod)} was deleted while it was available`)
    }
  },
)

Then(
  'all old daemon pods of {string} were deleted before the first new one was created',
  async function (this: ConformanceWorld, name: string) {
    const { created, deleted } = await changesInOrder(this, name)
    assert(deleted.length > 0, `daemon pods of ${name} were deleted`)
    assert(Math.max(...deleted) < Math.min(...created))
  },
)

Then(
  'all new daemon pods of {string} were created before the first old one was deleted',
  async function (this: ConformanceWorld, name: string) {
    const { created, deleted } = await changesInOrder(this, name)
    assert(created.length > 0, `daemon pods of ${name} were created`)
    assert(Math.max(...created) < Math.min(...deleted))
  },
)

Then(
  'the failed daemon pods of {string} on {string} were deleted at least {int} and {int} seconds apart',
  async function (this: ConformanceWorld, name: string, node: string, first: number, next: number) {
    const times = await this.eventually(`the deletions of failed daemon pods of ${name}`, () =>
      deletionsOfFailed(this, name, node),
    ).toMeet(({ length }) => length === 3)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time))
    const limits = [first, next].map((seconds) => seconds * 1000 - arrivalMilliseconds)
    for (const [index, limit] of limits.entries()) {
      assert((gaps[index] ?? 0) >= limit, `pause ${index + 1} lasted ${gaps[index]} ms`)
    }
  },
)

Then(
  'the status of {string} showed a ready but unavailable node for at least {int} second(s)',
  async function (this: ConformanceWorld, name: string, seconds: number) {
    await this.cluster.settle()
    const changes = this.cluster.observation().events.flatMap(({ at, kind, object }) => {
      if (kind !== 'DaemonSet' || object.metadata.name !== name) return []
      const { numberReady, numberAvailable = 0 } = (object as DaemonSet).status
      return [{ at, numberReady, numberAvailable }]
    })
    const ready = changes.find(({ numberReady }) => numberReady > 0)
    const available = changes.find(({ numberAvailable }) => numberAvailable > 0)
    const shown = (available?.at ?? 0) - (ready?.at ?? 0)
    assert(shown + arrivalMilliseconds >= seconds * 1000, `it was shown for ${shown} ms`)
  },
)

Then(
  'no new daemon pod of {string} was created before the one on {string} was gone',
  async function (this: ConformanceWorld, name: string, node: string) {
    const moments = await historyOf(this, name)
    const gone = moments.findIndex(
      ({ change }) => change.type === 'DELETED' && targetNodeNameOf(change.pod) === node,
    )
    const created = moments.findIndex(({ change }) => change.type === 'ADDED')
    assert(gone >= 0 && created >= 0, `a daemon pod on ${node} went, and others were created`)
    assert(gone < created, `a daemon pod was created before that on ${node} was gone`)
  },
)

Then(
  'on {string} a daemon pod of {string} was ready beside a failed one',
  async function (this: ConformanceWorld, node: string, name: string) {
    const both = (await historyOf(this, name)).some(({ pods }) => {
      const onNode = pods.filter((pod) => targetNodeNameOf(pod) === node && !isTerminating(pod))
      return onNode.some(isPodReady) && onNode.some(({ status }) => status.phase === 'Failed')
    })
    assert(both, `on ${node} no daemon pod was ready beside a failed one`)
  },
)

Then(
  'at no time were there more than {int} daemon pods of {string}',
  async function (this: ConformanceWorld, limit: number, name: string) {
    for (const { pods } of await historyOf(this, name)) {
      const staying = pods.filter((pod) => !isTerminating(pod)).map(nameOf)
      assert(staying.length <= limit, `at one time there were ${staying.join(', ')}`)
    }
  },
)

Then(
  'at no time had a node two daemon pods of {string} of one version',
  async function (this: ConformanceWorld, name: string) {
    for (const { pods } of await historyOf(this, name)) {
      const staying = pods.filter((pod) => !isTerminating(pod) && !isPodTerminal(pod))
      const versions = staying.map(
        (pod) => `${targetNodeNameOf(pod)} ${pod.metadata.labels?.[controllerRevisionHashLabel]}`,
      )
      assert.equal(new Set(versions).size, versions.length, versions.sort().join(', '))
    }
  },
)

Then(
  'nothing is written to the DaemonSet {string}',
  async function (this: ConformanceWorld, name: string) {
    await expectUnwritten(
      this,
      ({ kind, object }) => kind === 'DaemonSet' && nameOf(object) === name,
    )
  },
)

Then(
  'nothing is written to the daemon pod(s) of {string} on {names}',
  async function (this: ConformanceWorld, name: string, names: NodeNames) {
    const nodes = this.resolve(names)
    await expectUnwritten(
      this,
      ({ kind, object }) =>
        kind === 'Pod' &&
        daemonPodsAmong([object as Pod], name).length > 0 &&
        nodes.includes(targetNodeNameOf(object as Pod) ?? ''),
    )
  },
)

/** Nothing of the kind has changed since the `When`, not even to the same. */
async function expectUnwritten(
  world: ConformanceWorld,
  isMeant: (event: ObservedEvent) => boolean,
): Promise<void> {
  await world.cluster.settle()
  const since = world.cluster.observation().events.slice(world.before.eventCount)
  const written = since
    .filter(isMeant)
    .map(({ type, kind, object }) => `${type} ${kind} ${nameOf(object)}`)
  assert.deepEqual(written, [])
}

/** Which changes since the `When` brought a new daemon pod, and which first asked an old one to go. */
async function changesInOrder(
  world: ConformanceWorld,
  name: string,
): Promise<{ readonly created: readonly number[]; readonly deleted: readonly number[] }> {
  const created: number[] = []
  const deleted: number[] = []
  for (const [index, { change }] of (await historyOf(world, name)).entries()) {
    const { pod, previous } = change
    if (previous === undefined) created.push(index)
    else if (isTerminating(pod) && !isTerminating(previous)) deleted.push(index)
  }
  return { created, deleted }
}

/** When each daemon pod that had failed on the node was deleted, since the `When`. */
function deletionsOfFailed(world: ConformanceWorld, name: string, node: string): number[] {
  const deletedAt = new Map<string, number>()
  for (const { change, now } of momentsSince(world, name)) {
    const { pod, type } = change
    if (targetNodeNameOf(pod) !== node || pod.status.phase !== 'Failed') continue
    const isDeleted = type === 'DELETED' || isTerminating(pod)
    if (isDeleted && !deletedAt.has(nameOf(pod))) deletedAt.set(nameOf(pod), now)
  }
  return [...deletedAt.values()]
}

/** How much later one change may become known than another of the same moment, in wall time. */
const arrivalMilliseconds = 150

/** What happened to the daemon pods since the `When`; complete, because the cluster has come to rest. */
async function historyOf(world: ConformanceWorld, daemonSet: string): Promise<readonly Moment[]> {
  await world.cluster.settle()
  return momentsSince(world, daemonSet)
}

function momentsSince(world: ConformanceWorld, daemonSet: string): readonly Moment[] {
  const observation = world.cluster.observation()
  return momentsOf(observation, { daemonSet, from: world.before.eventCount })
}

async function minReadySecondsOf(world: ConformanceWorld, name: string): Promise<number> {
  return (await world.daemonSet(name)).spec.minReadySeconds ?? 0
}

function nameOf({ metadata }: Pick<KubernetesObject, 'metadata'>): string {
  return metadata.name
}
