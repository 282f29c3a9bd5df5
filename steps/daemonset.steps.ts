import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { scaledUp } from '../src/kubernetes/int-or-percent'
import { templateGenerationOf } from '../src/kubernetes/pods'
import type { DaemonSet } from '../src/kubernetes/types'
import { expectAvailable, expectPlaced, imagesOf } from './support/daemon-pods'
import { daemonSetDraft, daemonSetPatch, type Settings } from './support/daemonset-draft'
import { withField } from './support/fields'
import type { NodeNames } from './support/node-names'
import type { ConformanceWorld } from './support/world'

When(
  'the DaemonSet {string} is/was applied',
  async function (this: ConformanceWorld, name: string) {
    await apply(this, name)
  },
)

When(
  'the DaemonSet {string} is/was applied with',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    await apply(this, name, table.rowsHash())
  },
)

Given(
  'the DaemonSet {string} runs on {names}',
  async function (this: ConformanceWorld, name: string, nodes: NodeNames) {
    await run(this, name, nodes)
  },
)

Given(
  'the DaemonSet {string} runs on {names} with',
  async function (this: ConformanceWorld, name: string, nodes: NodeNames, table: DataTable) {
    await run(this, name, nodes, table.rowsHash())
  },
)

Given(
  'the DaemonSet {string} is placed on {names}',
  async function (this: ConformanceWorld, name: string, nodes: NodeNames) {
    await place(this, name, nodes)
  },
)

Given(
  'the DaemonSet {string} is placed on {names} with',
  async function (this: ConformanceWorld, name: string, nodes: NodeNames, table: DataTable) {
    await place(this, name, nodes, table.rowsHash())
  },
)

When(
  'the DaemonSet {string} is/was changed to',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    await change(this, name, table.rowsHash())
  },
)

When(
  'the image of {string} changes/changed to {string}',
  async function (this: ConformanceWorld, name: string, image: string) {
    await change(this, name, { image })
  },
)

When(
  'the label {string} is/was added to the DaemonSet {string}',
  async function (this: ConformanceWorld, label: string, name: string) {
    await change(this, name, { label })
  },
)

Given(
  'the DaemonSet {string} is held by the finalizer {string}',
  async function (this: ConformanceWorld, name: string, finalizer: string) {
    await patch(this, name, { metadata: { finalizers: [finalizer] } })
    this.afterwards(() => patch(this, name, { metadata: { finalizers: null } }))
  },
)

Given(
  'the deletion of the DaemonSet {string} began',
  async function (this: ConformanceWorld, name: string) {
    await this.client.delete('DaemonSet', this.key(name))
  },
)

Given(
  'the rollout of {string} to the image {string} is finished',
  async function (this: ConformanceWorld, name: string, image: string) {
    await change(this, name, { image })
    await expectComplete(this, name)
  },
)

Given(
  'the rollout of {string} to the image {string} has stalled because its pods never become ready',
  async function (this: ConformanceWorld, name: string, image: string) {
    await change(this, name, { image, readiness: 'never' })
    await expectStalled(this, name, image)
  },
)

Given(
  'the rollout of {string} to the image {string} has stalled because it cannot be pulled',
  async function (this: ConformanceWorld, name: string, image: string) {
    await change(this, name, { image })
    await expectStalled(this, name, image)
  },
)

When(
  'the image of the container {string} of {string} changes to {string}',
  async function (this: ConformanceWorld, container: string, name: string, image: string) {
    const containers = [{ name: container, image }]
    await patch(this, name, { spec: { template: { spec: { containers } } } })
  },
)

When(
  'the DaemonSet {string} is applied with the foreign field {string} set to {json}',
  async function (this: ConformanceWorld, name: string, path: string, value: unknown) {
    const draft = withField(daemonSetDraft(name), path, value)
    const metadata = { ...draft.metadata, namespace: this.namespace }
    await this.client.create('DaemonSet', { ...draft, metadata })
  },
)

When('the DaemonSet {string} is deleted', async function (this: ConformanceWorld, name: string) {
  await this.client.delete('DaemonSet', this.key(name))
})

When(
  'the DaemonSet {string} is/was deleted with the propagation policy {string}',
  async function (this: ConformanceWorld, name: string, policy: string) {
    const propagationPolicy = policyOf(policy)
    await this.client.delete('DaemonSet', this.key(name), { propagationPolicy })
    if (this.part === 'given') await expectGone(this, name)
  },
)

When(
  'the DaemonSets labelled {string} are deleted',
  async function (this: ConformanceWorld, labelSelector: string) {
    const { namespace } = this
    await this.client.deleteCollection('DaemonSet', { namespace, labelSelector })
  },
)

Then('the DaemonSet {string} disappears', async function (this: ConformanceWorld, name: string) {
  await expectGone(this, name)
})

Then(
  'the generation of {string} is {int}',
  async function (this: ConformanceWorld, name: string, generation: number) {
    await this.eventually(
      `the generation of DaemonSet ${name}`,
      async () => (await this.daemonSet(name)).metadata.generation,
    ).toEqual(generation)
  },
)

Then(
  'the template generation of {string} is {int}',
  async function (this: ConformanceWorld, name: string, generation: number) {
    await this.eventually(`the template generation of DaemonSet ${name}`, async () =>
      templateGenerationOf(await this.daemonSet(name)),
    ).toEqual(generation)
  },
)

Then('the rollout of {string} is complete', async function (this: ConformanceWorld, name: string) {
  await expectComplete(this, name)
})

Then(
  'the template of {string} has neither tolerations nor affinity nor added labels',
  async function (this: ConformanceWorld, name: string) {
    const { template } = (await this.daemonSet(name)).spec
    assert.deepEqual(template.spec?.tolerations ?? [], [])
    assert.deepEqual(template.spec?.affinity ?? {}, {})
    assert.deepEqual(template.metadata?.labels, { app: name })
  },
)

async function apply(world: ConformanceWorld, name: string, settings?: Settings): Promise<void> {
  const draft = daemonSetDraft(name, settings)
  await world.client.create('DaemonSet', {
    ...draft,
    metadata: { ...draft.metadata, namespace: world.namespace },
  })
  if (settings?.['finalizers'] !== undefined) releasePodsAfterwards(world, name)
}

/** Pods that a finalizer holds would outlive the scenario. */
function releasePodsAfterwards(world: ConformanceWorld, name: string): void {
  world.afterwards(async () => {
    await world.client.delete('DaemonSet', world.key(name))
    for (const { metadata } of await world.list('Pod')) {
      const body = { metadata: { finalizers: null } }
      await world.client.patch('Pod', world.key(metadata.name), { type: 'merge', body })
    }
  })
}

async function run(
  world: ConformanceWorld,
  name: string,
  nodes: NodeNames,
  settings?: Settings,
): Promise<void> {
  await apply(world, name, settings)
  await expectAvailable(world, name, nodes)
  await expectObserved(world, name)
}

async function place(
  world: ConformanceWorld,
  name: string,
  nodes: NodeNames,
  settings?: Settings,
): Promise<void> {
  await apply(world, name, settings)
  await expectPlaced(world, name, nodes)
  await expectObserved(world, name)
}

/** A change that is given has been seen by the DaemonSet controller before the scenario goes on. */
async function change(world: ConformanceWorld, name: string, settings: Settings): Promise<void> {
  await patch(world, name, daemonSetPatch(await world.daemonSet(name), settings))
  if (world.part === 'given') await expectObserved(world, name)
}

async function patch(world: ConformanceWorld, name: string, body: object): Promise<void> {
  await world.client.patch('DaemonSet', world.key(name), { type: 'strategic', body })
}

async function expectObserved(world: ConformanceWorld, name: string): Promise<void> {
  await world
    .eventually(`the status of DaemonSet ${name} speaks of its newest generation`, () =>
      world.daemonSet(name),
    )
    .toMeet(isObserved)
}

function isObserved({ metadata, status }: DaemonSet): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
}

async function expectComplete(world: ConformanceWorld, name: string): Promise<void> {
  await world
    .eventually(`the rollout of DaemonSet ${name}`, async () => {
      const daemonSet = await world.daemonSet(name)
      const { desiredNumberScheduled: desired, ...status } = daemonSet.status
      return {
        isObserved: isObserved(daemonSet),
        isUpdated: (status.updatedNumberScheduled ?? 0) === desired,
        isAvailable: (status.numberAvailable ?? 0) === desired,
        surplusPods: (await world.daemonPodsOf(name)).length - desired,
      }
    })
    .toEqual({ isObserved: true, isUpdated: true, isAvailable: true, surplusPods: 0 })
}

/** A rollout whose pods do not come up ends when the budget is used up. */
async function expectStalled(world: ConformanceWorld, name: string, image: string): Promise<void> {
  const { spec, status } = await world.daemonSet(name)
  const { maxUnavailable, maxSurge } = spec.updateStrategy?.rollingUpdate ?? {}
  const limit = (value: unknown) =>
    scaledUp(value as number | string, status.desiredNumberScheduled)
  const budget = limit(maxSurge) || limit(maxUnavailable)
  await world
    .eventually(`the images of the daemon pods of ${name}, ${budget} of them ${image}`, () =>
      imagesOf(world, name),
    )
    .toMeet((images) => images.filter((found) => found === image).length === budget)
}

async function expectGone(world: ConformanceWorld, name: string): Promise<void> {
  await world
    .eventually(
      `DaemonSet ${name}`,
      async () => (await world.find('DaemonSet', name))?.metadata.name,
    )
    .toEqual(undefined)
}

function policyOf(text: string): 'Background' | 'Foreground' | 'Orphan' {
  if (text === 'Background' || text === 'Foreground' || text === 'Orphan') return text
  throw new Error(`"${text}" is no propagation policy`)
}
