import assert from 'node:assert/strict'
import { type DataTable, Then } from '@cucumber/cucumber'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import type { Affinity, OwnerReference, Pod, Toleration } from '../src/kubernetes/types'
import { labelsOf, nodeSelectorTermsOf, termOf } from './support/kubernetes-text'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

Then(
  'the only owner of every daemon pod of {string} is the DaemonSet, as controller that blocks its deletion',
  async function (this: ConformanceWorld, name: string) {
    const expected = await ownerReferenceTo(this, name)
    await this.eventually(`the owners of the daemon pods of ${name}`, async () =>
      (await this.daemonPodsOf(name)).map(({ metadata }) => metadata.ownerReferences),
    ).toMeet((owners) => owners.length > 0 && owners.every(isOnly(expected)))
  },
)

Then(
  'the only owner of every revision of {string} is the DaemonSet, as controller that blocks its deletion',
  async function (this: ConformanceWorld, name: string) {
    const expected = await ownerReferenceTo(this, name)
    await this.eventually(`the owners of the revisions of ${name}`, async () =>
      (await this.revisionsOf(name)).map(({ metadata }) => metadata.ownerReferences),
    ).toMeet((owners) => owners.length > 0 && owners.every(isOnly(expected)))
  },
)

Then(
  'the name of every daemon pod of {string} is {string} and five more characters',
  async function (this: ConformanceWorld, name: string, prefix: string) {
    for (const { metadata } of await this.daemonPodsOf(name)) {
      assert.equal(metadata.generateName, prefix)
      assert(metadata.name.startsWith(prefix), `${metadata.name} begins with ${prefix}`)
      assert.match(metadata.name.slice(prefix.length), /^[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    }
  },
)

Then(
  'every daemon pod of {string} carries the hash of the current revision',
  async function (this: ConformanceWorld, name: string) {
    await this.eventually(`the hashes of the daemon pods of ${name}`, async () => {
      const hashOf = ({ metadata }: Pick<Pod, 'metadata'>) =>
        metadata.labels?.['controller-revision-hash']
      const revision = (await this.revisionsOf(name)).at(-1)
      const pods = await this.daemonPodsOf(name)
      return { current: revision && hashOf(revision), ofPods: pods.map(hashOf) }
    }).toMeet(
      ({ current, ofPods }) =>
        current !== undefined && ofPods.length > 0 && ofPods.every((hash) => hash === current),
    )
  },
)

Then(
  'every daemon pod of {string} has the label {string}',
  async function (this: ConformanceWorld, name: string, label: string) {
    await expectEvery(this, name, ({ metadata }) => metadata.labels, labelsOf(label))
  },
)

Then(
  'the daemon pod of {string} on {string} has the label {string}',
  async function (this: ConformanceWorld, name: string, node: string, label: string) {
    await this.eventually(`the labels of the daemon pods of ${name} on ${node}`, async () =>
      (await this.daemonPodsOn(name, node)).map(({ metadata }) => metadata.labels ?? {}),
    ).toMeet(
      ([labels, ...others]) =>
        others.length === 0 &&
        Object.entries(labelsOf(label)).every(([key, value]) => labels?.[key] === value),
    )
  },
)

Then(
  'every daemon pod of {string} has the annotation {string}',
  async function (this: ConformanceWorld, name: string, annotation: string) {
    await expectEvery(this, name, ({ metadata }) => metadata.annotations, labelsOf(annotation))
  },
)

Then(
  'the daemon pod of {string} on {string} has exactly the tolerations',
  async function (this: ConformanceWorld, name: string, node: string, table: DataTable) {
    const expected = table
      .hashes()
      .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')))
    await this.eventually(`the tolerations of the daemon pod of ${name} on ${node}`, async () =>
      (await this.daemonPodsOn(name, node)).map(({ spec }) => spec.tolerations?.map(plain)),
    ).toEqual([expected as Toleration[]])
  },
)

Then(
  'the daemon pod of {string} on {string} requires the node affinity {string}',
  async function (this: ConformanceWorld, name: string, node: string, text: string) {
    const nodeSelectorTerms = nodeSelectorTermsOf(text)
    await expectNodeAffinity(this, { name, node }, (affinity) => ({
      found: affinity?.requiredDuringSchedulingIgnoredDuringExecution,
      expected: { nodeSelectorTerms },
    }))
  },
)

Then(
  'the daemon pod of {string} on {string} prefers the node affinity {string}',
  async function (this: ConformanceWorld, name: string, node: string, text: string) {
    const preference = termOf(text)
    await expectNodeAffinity(this, { name, node }, (affinity) => ({
      found: affinity?.preferredDuringSchedulingIgnoredDuringExecution,
      expected: [{ weight: 10, preference }],
    }))
  },
)

Then(
  'every daemon pod of {string} was created without a node and bound afterwards',
  async function (this: ConformanceWorld, name: string) {
    const bindings = await bindingsOf(this, name)
    for (const [pod, nodes] of bindings) {
      assert.equal(nodes.at(0), '', `${pod} was created without a node`)
      assert.notEqual(nodes.at(-1), '', `${pod} was bound`)
    }
  },
)

Then(
  'every daemon pod of {string} was created with its node',
  async function (this: ConformanceWorld, name: string) {
    for (const [pod, nodes] of await bindingsOf(this, name)) {
      assert.notEqual(nodes.at(0), '', `${pod} was created with a node`)
    }
  },
)

async function ownerReferenceTo(world: ConformanceWorld, name: string): Promise<OwnerReference> {
  const { uid } = (await world.daemonSet(name)).metadata
  const flags = { controller: true, blockOwnerDeletion: true }
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, ...flags }
}

function isOnly(
  expected: OwnerReference,
): (owners: readonly OwnerReference[] | undefined) => boolean {
  return (owners) => {
    const [owner, ...others] = owners ?? []
    if (owner === undefined || others.length > 0) return false
    const fields = Object.keys(expected) as (keyof OwnerReference)[]
    return fields.every((field) => owner[field] === expected[field])
  }
}

async function expectEvery(
  world: ConformanceWorld,
  name: string,
  mapOf: (pod: Pod) => Readonly<Record<string, string>> | undefined,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  await world
    .eventually(`labels and annotations of the daemon pods of ${name}`, async () =>
      (await world.daemonPodsOf(name)).map((pod) => mapOf(pod) ?? {}),
    )
    .toMeet(
      (maps) =>
        maps.length > 0 &&
        maps.every((map) => Object.entries(expected).every(([key, value]) => map[key] === value)),
    )
}

/** A toleration without what does not count when it is unset. */
function plain(toleration: Toleration): Toleration {
  return Object.fromEntries(
    Object.entries(toleration).filter(([, value]) => value !== '' && value !== undefined),
  )
}

async function expectNodeAffinity(
  world: ConformanceWorld,
  { name, node }: { readonly name: string; readonly node: string },
  compared: (affinity: Affinity['nodeAffinity']) => { found: unknown; expected: unknown },
): Promise<void> {
  const [pod] = await world
    .eventually(`the daemon pods of ${name} on ${node}`, () => world.daemonPodsOn(name, node))
    .toMeet((pods) => pods.length === 1)
  const { found, expected } = compared(pod?.spec.affinity?.nodeAffinity)
  assert.deepEqual(found, expected)
}

/** The node of each daemon pod over time, by the pod's name; `''` before it was bound. */
async function bindingsOf(
  world: ConformanceWorld,
  name: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  await world
    .eventually(`the daemon pods of ${name}`, () => world.daemonPodsOf(name))
    .toMeet((pods) => pods.length > 0 && pods.every((pod) => targetNodeNameOf(pod) !== undefined))
  await world.cluster.settle()
  const nodes = new Map<string, string[]>()
  for (const { kind, object } of world.cluster.observation().events) {
    if (kind !== 'Pod' || daemonPodsAmong([object as Pod], name).length === 0) continue
    const history = nodes.get(object.metadata.name) ?? []
    history.push((object as Pod).spec.nodeName ?? '')
    nodes.set(object.metadata.name, history)
  }
  assert(nodes.size > 0, `the observation shows daemon pods of ${name}`)
  return nodes
}
