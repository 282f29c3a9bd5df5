import assert from 'node:assert/strict'
import { Given, Then } from '@cucumber/cucumber'
import type { DaemonSet, Pod } from '../src/kubernetes/types'
import type { ObservedEvent } from '../src/targets/observation'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

Given(
  'the DaemonSet {string} was given the finalizer {string}',
  async function (this: ConformanceWorld, name: string, finalizer: string) {
    const body = { metadata: { finalizers: [finalizer] } }
    await this.client.patch('DaemonSet', this.key(name), { type: 'merge', body })
  },
)

Then(
  '{int} pod(s) labelled {string} is/are left',
  async function (this: ConformanceWorld, count: number, labels: string) {
    await this.eventually(
      `the pods labelled ${labels}`,
      async () => (await this.list('Pod', labels)).length,
    ).toEqual(count)
  },
)

Then(
  'the DaemonSet {string} was gone before its daemon pods',
  async function (this: ConformanceWorld, name: string) {
    const { daemonSetGone, podsGone } = await endsOf(this, name)
    assert(podsGone.length > 0, `daemon pods of ${name} were deleted`)
    assert(podsGone.every((version) => version > daemonSetGone))
  },
)

Then(
  'the daemon pods of {string} were gone before the DaemonSet',
  async function (this: ConformanceWorld, name: string) {
    const { daemonSetGone, podsGone } = await endsOf(this, name)
    assert(podsGone.length > 0, `daemon pods of ${name} were deleted`)
    assert(podsGone.every((version) => version < daemonSetGone))
  },
)

Then(
  'the DaemonSet {string} never had a finalizer',
  async function (this: ConformanceWorld, name: string) {
    await this.cluster.settle()
    const finalizers = changesOf(this, name).flatMap(
      ({ object }) => object.metadata.finalizers ?? [],
    )
    assert.deepEqual(finalizers, [])
  },
)

Then(
  'no daemon pod of {string} was created after the deletion began',
  async function (this: ConformanceWorld, name: string) {
    await this.cluster.settle()
    const began = changesOf(this, name).find(
      ({ object }) => object.metadata.deletionTimestamp !== undefined,
    )
    assert(began, `the deletion of DaemonSet ${name} was observed`)
    const created = podChangesOf(this, name)
      .filter(({ type }) => type === 'ADDED')
      .filter((event) => versionOf(event) > versionOf(began))
    assert.deepEqual(
      created.map(({ object }) => object.metadata.name),
      [],
    )
  },
)

Then(
  '{int} daemon pods of {string} were {podEnd} before its status told of generation {int}',
  async function (
    this: ConformanceWorld,
    count: number,
    name: string,
    type: 'ADDED' | 'DELETED',
    generation: number,
  ) {
    await this.cluster.settle()
    const told = changesOf(this, name).find(
      ({ object }) => (object as DaemonSet).status.observedGeneration === generation,
    )
    assert(told, `the status of DaemonSet ${name} told of generation ${generation}`)
    const before = podChangesOf(this, name).filter(
      (event) => event.type === type && versionOf(event) < versionOf(told),
    )
    assert.equal(before.length, count)
  },
)

/** The resource versions of the ends: one counter orders them all. */
async function endsOf(
  world: ConformanceWorld,
  name: string,
): Promise<{ readonly daemonSetGone: bigint; readonly podsGone: readonly bigint[] }> {
  await world.cluster.settle()
  const gone = changesOf(world, name).find(({ type }) => type === 'DELETED')
  assert(gone, `the end of DaemonSet ${name} was observed`)
  return {
    daemonSetGone: versionOf(gone),
    podsGone: podChangesOf(world, name)
      .filter(({ type }) => type === 'DELETED')
      .map(versionOf),
  }
}

function changesOf(world: ConformanceWorld, name: string): readonly ObservedEvent[] {
  return world.cluster
    .observation()
    .events.filter(({ kind, object }) => kind === 'DaemonSet' && object.metadata.name === name)
}

function podChangesOf(world: ConformanceWorld, daemonSet: string): readonly ObservedEvent[] {
  return world.cluster
    .observation()
    .events.filter(
      ({ kind, object }) =>
        kind === 'Pod' && daemonPodsAmong([object as Pod], daemonSet).length > 0,
    )
}

function versionOf({ object }: ObservedEvent): bigint {
  return BigInt(object.metadata.resourceVersion)
}
