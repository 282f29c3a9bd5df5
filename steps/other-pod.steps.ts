import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { isPodReady } from '../src/kubernetes/conditions'
import type { OwnerReference, Pod } from '../src/kubernetes/types'
import { containerName, readinessAnnotation } from './support/daemonset-draft'
import { labelsOf, listOf, nodeSelectorTermsOf } from './support/kubernetes-text'
import type { NodeNames } from './support/node-names'
import { isTerminating } from './support/pod-history'
import { podStatusOf } from './support/pod-status-text'
import type { ConformanceWorld } from './support/world'

/** The finalizer by which a scenario holds a pod that would be gone otherwise. */
const holdingFinalizer = 'example.com/hold'

When(
  'the pod {string} is/was created with',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const settings = table.rowsHash()
    const pod = await createPod(this, name, settings)
    const { node = '', readiness = 'immediately' } = settings
    if (this.part !== 'given' || node === '' || readiness === 'never') return
    await this.eventually(`pod ${pod.metadata.name} is ready`, () => this.find('Pod', name)).toMeet(
      (found) => found !== undefined && isPodReady(found),
    )
  },
)

Given(
  'the pod {string} labelled {string} is on its way out and belongs to nobody',
  async function (this: ConformanceWorld, name: string, labels: string) {
    const [node = ''] = this.nodeNames
    await createPod(this, name, { node, labels, finalizers: holdingFinalizer })
    await this.eventually(`pod ${name} is ready`, () => this.find('Pod', name)).toMeet(
      (pod) => pod !== undefined && isPodReady(pod),
    )
    await this.client.delete('Pod', this.key(name))
    await this.eventually(`pod ${name} has ended`, () => this.find('Pod', name)).toMeet(
      (pod) => pod !== undefined && isTerminating(pod) && !isPodReady(pod),
    )
  },
)

When(
  'the status of the pod {string} is/was written with',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const pod = await this.find('Pod', name)
    assert(pod, `pod ${name} exists`)
    const settings = Object.entries(table.rowsHash()).filter(([, value]) => value !== '')
    const status = podStatusOf(Object.fromEntries(settings), pod, this.cluster.clock.now())
    const patch = { type: 'merge', body: { status } } as const
    await this.client.patch('Pod', this.key(name), patch, { subresource: 'status' })
  },
)

When('the pod {string} is deleted', async function (this: ConformanceWorld, name: string) {
  await this.client.delete('Pod', this.key(name))
})

Given('the pod {string} failed', async function (this: ConformanceWorld, name: string) {
  this.cluster.nodes.failPod(`${this.namespace}/${name}`)
  await this.eventually(`pod ${name} has failed`, () => this.find('Pod', name)).toMeet(
    (pod) => pod?.status.phase === 'Failed',
  )
})

When(
  'the annotation {string} is/was added to the pod {string}',
  async function (this: ConformanceWorld, annotation: string, name: string) {
    await patchPod(this, name, { metadata: { annotations: labelsOf(annotation) } })
  },
)

When(
  'the label {string} is added to the pod {string}',
  async function (this: ConformanceWorld, label: string, name: string) {
    await patchPod(this, name, { metadata: { labels: labelsOf(label) } })
  },
)

When(
  'the daemon pod of {string} on {string} loses its owner',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const { metadata } = await onlyPod(this, daemonSet, node)
    await patchPod(this, metadata.name, { metadata: { ownerReferences: null } })
  },
)

When(
  'the daemon pod of {string} on {string} is handed over to {string}',
  async function (this: ConformanceWorld, daemonSet: string, node: string, heir: string) {
    const { metadata } = await onlyPod(this, daemonSet, node)
    const ownerReferences = [await controllerReference(this, heir)]
    await patchPod(this, metadata.name, { metadata: { ownerReferences } })
  },
)

Then(
  'the owners of the pod {string} are exactly',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    await this.eventually(`the owners of pod ${name}`, async () =>
      ((await this.find('Pod', name))?.metadata.ownerReferences ?? [])
        .map((owner) => ({
          owner: owner.name,
          controls: owner.controller === true ? 'yes' : 'no',
        }))
        .sort((a, b) => (a.owner < b.owner ? -1 : 1)),
    ).toEqual(table.hashes() as { owner: string; controls: string }[])
  },
)

Then('the pod {string} has failed', async function (this: ConformanceWorld, name: string) {
  await expectFailed(this, name)
})

Given(
  'the pod garbage collector has just failed the pod {string}',
  async function (this: ConformanceWorld, name: string) {
    // It looks every 20 seconds, so it does not look again while the scenario goes on.
    await expectFailed(this, name)
  },
)

Then(
  'the pod(s) {names} is/are still there, and nobody asked for its/their deletion',
  async function (this: ConformanceWorld, names: NodeNames) {
    const wanted = this.resolve(names)
    await this.eventually(`which of the pods ${wanted.join(', ')} are there`, async () => {
      const pods = await this.list('Pod')
      const there = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      return [...wanted].filter((name) => there.some(({ metadata }) => metadata.name === name))
    }).toEqual([...wanted])
  },
)

Then(
  'the pod {string} is as ready as before and was not written to',
  async function (this: ConformanceWorld, name: string) {
    const former = this.before.pods.find(({ metadata }) => metadata.name === name)
    assert(former, `pod ${name} was there before`)
    await this.eventually(
      `the resource version of pod ${name}`,
      async () => (await this.find('Pod', name))?.metadata.resourceVersion,
    ).toEqual(former.metadata.resourceVersion)
  },
)

/** What a table says about a pod that no DaemonSet has made. */
interface PodSettings {
  readonly labels?: string
  /** Absent: the pod names no node, and the scheduler is told to leave it alone. */
  readonly node?: string
  /** The DaemonSet that the pod names as its controller. */
  readonly controller?: string
  /** A DaemonSet that the pod names as an owner that does not control it. */
  readonly owner?: string
  /** What the reference says instead of the DaemonSet's kind. */
  readonly 'controller kind'?: string
  /** The node that the pod asks for without being bound to it, as daemon pods do. */
  readonly 'target node'?: string
  readonly finalizers?: string
  readonly readiness?: string
  /** The names of its containers, all of the same image. */
  readonly containers?: string
  readonly 'init containers'?: string
  /** Init containers that keep running. */
  readonly sidecars?: string
  /** The types of the conditions on which its readiness depends as well. */
  readonly 'readiness gates'?: string
  readonly 'scheduling gates'?: string
}

async function createPod(
  world: ConformanceWorld,
  name: string,
  settings: PodSettings,
): Promise<Pod> {
  const { labels = '', node, finalizers, readiness } = settings
  const ownerReferences = await ownerReferencesOf(world, settings)
  const pod = await world.client.create('Pod', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: world.namespace,
      labels: labelsOf(labels),
      ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers: listOf(finalizers) }),
      ...(readiness === undefined ? {} : { annotations: { [readinessAnnotation]: readiness } }),
    },
    spec: {
      ...(node === undefined ? { schedulerName: 'nobody' } : { nodeName: node }),
      ...podSpecOf(settings, `${name}:v1`),
    },
  })
  if (finalizers !== undefined) {
    world.afterwards(async () => {
      if ((await world.find('Pod', name)) === undefined) return
      await patchPod(world, name, { metadata: { finalizers: null } })
    })
  }
  return pod
}

async function expectFailed(world: ConformanceWorld, name: string): Promise<void> {
  const read = async () => (await world.find('Pod', name))?.status.phase
  await world.eventually(`the phase of pod ${name}`, read).toEqual('Failed')
}

async function ownerReferencesOf(
  world: ConformanceWorld,
  { owner, controller, 'controller kind': kind }: PodSettings,
): Promise<readonly OwnerReference[]> {
  const references: OwnerReference[] = []
  if (owner !== undefined) {
    references.push({ ...(await controllerReference(world, owner)), controller: false })
  }
  if (controller !== undefined) {
    const reference = await controllerReference(world, controller)
    references.push(kind === undefined ? reference : { ...reference, kind })
  }
  return references
}

function podSpecOf(settings: PodSettings, image: string): object {
  const { containers = containerName, sidecars = '' } = settings
  const named = (names: string | undefined, more: object = {}) =>
    listOf(names ?? '').map((name) => ({ name, image, ...more }))
  const init = [
    ...named(sidecars, { restartPolicy: 'Always' }),
    ...named(settings['init containers']),
  ]
  const readinessGates = listOf(settings['readiness gates'] ?? '')
  const schedulingGates = listOf(settings['scheduling gates'] ?? '')
  const target = settings['target node']
  return {
    containers: named(containers),
    ...(init.length === 0 ? {} : { initContainers: init }),
    ...(readinessGates.length === 0
      ? {}
      : { readinessGates: readinessGates.map((conditionType) => ({ conditionType })) }),
    ...(schedulingGates.length === 0
      ? {}
      : { schedulingGates: schedulingGates.map((name) => ({ name })) }),
    ...(target === undefined ? {} : { affinity: affinityFor(target) }),
  }
}

function affinityFor(node: string): object {
  const nodeSelectorTerms = nodeSelectorTermsOf(`metadata.name In ${node}`)
  const required = { nodeSelectorTerms }
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
}

async function controllerReference(
  world: ConformanceWorld,
  daemonSet: string,
): Promise<OwnerReference> {
  const { name, uid } = (await world.daemonSet(daemonSet)).metadata
  const flags = { controller: true, blockOwnerDeletion: true }
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, ...flags }
}

async function onlyPod(world: ConformanceWorld, daemonSet: string, node: string): Promise<Pod> {
  const [pod, ...others] = await world.daemonPodsOn(daemonSet, node)
  assert(pod !== undefined && others.length === 0, `${node} has one daemon pod of ${daemonSet}`)
  return pod
}

async function patchPod(world: ConformanceWorld, name: string, body: object): Promise<void> {
  await world.client.patch('Pod', world.key(name), { type: 'merge', body })
}
