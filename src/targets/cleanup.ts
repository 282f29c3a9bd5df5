import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { StatusError } from '../kubernetes/status-error'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import { EnvironmentError } from './errors'
import { runLabel } from './run-label'
import type { ClusterScopedObject } from './scenario-client'
import { watchUntil } from './watch-until'

/** How long the objects of a scenario may take to go by themselves before finalizers are taken away, in milliseconds. */
const politeMilliseconds = 5_000

/** How long they may take after that, in milliseconds. */
const forcedMilliseconds = 30_000

/** How long namespaces of a finished run may take to go, in milliseconds. */
const namespaceMilliseconds = 60_000

/** The kinds whose finalizers could hold up a namespace of ours. */
const finalizedKinds = ['DaemonSet', 'Pod', 'ControllerRevision', 'PodDisruptionBudget'] as const

const now = { gracePeriodSeconds: 0, propagationPolicy: 'Background' } as const

/**
 * Removes what a scenario has left: DaemonSets, pods, nodes, and what else it made in the cluster's scope.
 *
 * Waits until nodes and pods are gone, for the next scenario must not see them. Its namespace goes in the
 * background.
 */
export async function clearScenario(options: {
  readonly client: Client
  readonly clock: Clock
  readonly namespace: string
  readonly nodeNames: ReadonlySet<string>
  readonly clusterScopedObjects: readonly ClusterScopedObject[]
}): Promise<void> {
  const { client, clusterScopedObjects } = options
  const made = (wanted: Kind) =>
    clusterScopedObjects.filter(({ kind }) => kind === wanted).map(({ name }) => name)
  const namespaces = [options.namespace, ...made('Namespace')]
  const nodeNames = new Set([...options.nodeNames, ...made('Node')])
  // DaemonSets first, so that nothing makes new pods while the old ones go.
  for (const namespace of namespaces) {
    await unlessGone(client.deleteCollection('DaemonSet', { namespace, ...now }))
  }
  await removeNodes(client, nodeNames)
  for (const name of made('PriorityClass')) {
    await unlessGone(client.delete('PriorityClass', { name }, now))
  }
  for (const namespace of namespaces) {
    await unlessGone(client.deleteCollection('Pod', { namespace, ...now }))
    await unlessGone(client.delete('Namespace', { name: namespace }, now))
  }
  await waitUntilGone({ ...options, namespaces, nodeNames })
}

/** Removes namespaces with the label, and the pods in them at once, and waits until they are gone. */
export async function removeNamespaces(options: {
  readonly client: Client
  readonly clock: Clock
  readonly labelSelector: string
}): Promise<void> {
  const { client, clock, labelSelector } = options
  const { items } = await client.list('Namespace', { labelSelector })
  const isGone = (limitMilliseconds: number) =>
    watchUntil({
      client,
      clock,
      kind: 'Namespace',
      selection: { labelSelector },
      isMet: (namespaces) => namespaces.length === 0,
      limitMilliseconds,
    })
  for (const { metadata } of items) {
    const { name: namespace } = metadata
    await unlessGone(client.deleteCollection('DaemonSet', { namespace, ...now }))
    await unlessGone(client.deleteCollection('Pod', { namespace, ...now }))
    await unlessGone(client.delete('Namespace', { name: namespace }, now))
  }
  if ((await isGone(politeMilliseconds)).isMet) return
  for (const { metadata } of items) await stripFinalizers(client, metadata.name)
  const { isMet, objects } = await isGone(namespaceMilliseconds)
  if (!isMet) throw stuck(objects)
}

/**
 * Removes nodes of ours, and their leases, from the API.
 *
 * Finalizers are taken off at once: k3s puts one of its own onto every node and lets go of five nodes a second, which
 * nobody needs to wait for where nothing but the API knew of the node.
 */
export async function removeNodes(client: Client, names: ReadonlySet<string>): Promise<void> {
  await Promise.all(
    [...names].map(async (name) => {
      await unlessGone(client.delete('Node', { name }, now))
      await unlessGone(client.delete('Lease', { namespace: 'kube-node-lease', name }, now))
    }),
  )
  const { items } = await client.list('Node')
  const held = items.filter(({ metadata }) => names.has(metadata.name))
  await Promise.all(held.map(({ metadata }) => strip(client, 'Node', metadata)))
}

async function waitUntilGone(options: {
  readonly client: Client
  readonly clock: Clock
  readonly namespaces: readonly string[]
  readonly nodeNames: ReadonlySet<string>
}): Promise<void> {
  const { client, clock, namespaces, nodeNames } = options
  const left = async (limitMilliseconds: number): Promise<readonly KubernetesObject[]> => {
    const wait = { client, clock, limitMilliseconds }
    const nodes = watchUntil({
      ...wait,
      kind: 'Node',
      isMet: (objects) => !objects.some(({ metadata }) => nodeNames.has(metadata.name)),
    })
    const pods = namespaces.map((namespace) =>
      watchUntil({
        ...wait,
        kind: 'Pod',
        selection: { namespace },
        isMet: (objects) => objects.length === 0,
      }),
    )
    const results = await Promise.all([nodes, ...pods])
    return results.flatMap(({ isMet, objects }): readonly KubernetesObject[] =>
      isMet ? [] : objects,
    )
  }
  const stubborn = await left(politeMilliseconds)
  if (stubborn.length === 0) return
  await removeNodes(client, nodeNames)
  for (const namespace of namespaces) {
    await stripFinalizers(client, namespace)
    await unlessGone(client.deleteCollection('Pod', { namespace, ...now }))
  }
  const remaining = await left(forcedMilliseconds)
  if (remaining.length > 0) throw stuck(remaining)
}

/** Takes the finalizers off everything in a namespace of ours: nobody is left who would. */
async function stripFinalizers(client: Client, namespace: string): Promise<void> {
  for (const kind of finalizedKinds) {
    const { items } = await client.list(kind, { namespace })
    for (const { metadata } of items) await strip(client, kind, metadata)
  }
}

async function strip(
  client: Client,
  kind: Kind,
  { name, namespace, finalizers = [] }: KubernetesObject['metadata'],
): Promise<void> {
  if (finalizers.length === 0) return
  const key = { name, ...(namespace === undefined ? {} : { namespace }) }
  const body = { metadata: { finalizers: null } }
  await unlessGone(client.patch(kind, key, { type: 'merge', body }))
}

/** Awaits a request for which it is as good when the object is not there any more. */
async function unlessGone(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    if (!StatusError.is(error, 'NotFound') && !StatusError.is(error, 'Conflict')) throw error
  }
}

function stuck(objects: readonly KubernetesObject[]): EnvironmentError {
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  return new EnvironmentError(`the cluster does not let go of ${names.join(', ')}`, {
    mend: `remove what carries the label ${runLabel} by hand, or use a fresh cluster`,
  })
}
