import { conditionOf, isPodAvailable } from '../../src/kubernetes/conditions'
import { targetNodeNameOf } from '../../src/kubernetes/node-affinity'
import type { Pod } from '../../src/kubernetes/types'
import type { NodeNames } from './node-names'
import { isTerminating } from './pod-history'
import { type ConformanceWorld, daemonPodsAmong } from './world'

/** Waits until the DaemonSet has one daemon pod for each of the nodes, and no other. */
export async function expectPlaced(
  world: ConformanceWorld,
  daemonSet: string,
  nodes: NodeNames,
): Promise<void> {
  await world
    .eventually(`the nodes of the daemon pods of ${daemonSet}`, async () =>
      (await world.daemonPodsOf(daemonSet)).map(
        (pod) => `${targetNodeNameOf(pod)}${isTerminating(pod) ? ' (terminating)' : ''}`,
      ),
    )
    .toEqual([...world.resolve(nodes)])
}

/** Waits until one available daemon pod runs on each of the nodes, and no other pod is there. */
export async function expectAvailable(
  world: ConformanceWorld,
  daemonSet: string,
  nodes: NodeNames,
  options: { readonly withinSeconds?: number } = {},
): Promise<void> {
  const read = async () => {
    const spec = (await world.find('DaemonSet', daemonSet))?.spec
    const pods = await world.daemonPodsOf(daemonSet)
    return pods.map((pod) => placeOf(pod, spec?.minReadySeconds ?? 0, world.cluster.clock.now()))
  }
  await world
    .eventually(`the nodes of the daemon pods of ${daemonSet}`, read, options)
    .toEqual([...world.resolve(nodes)])
}

/** The node of a pod, with what keeps the pod from being available there. */
function placeOf(pod: Pod, minReadySeconds: number, now: number): string {
  const node = targetNodeNameOf(pod) ?? 'nowhere'
  if (isTerminating(pod)) return `${node} (terminating)`
  if (isPodAvailable(pod, minReadySeconds, now)) return node
  const { phase, conditions } = pod.status
  const reason = conditionOf(conditions, 'PodScheduled')?.reason ?? 'not available'
  return `${node} (${phase}, ${reason})`
}

/** The image of each daemon pod that is not on its way out. */
export async function imagesOf(world: ConformanceWorld, daemonSet: string): Promise<string[]> {
  const pods = await world.daemonPodsOf(daemonSet)
  return pods.filter((pod) => !isTerminating(pod)).map(imageOf)
}

/** The image of the first container of a pod. */
export function imageOf(pod: Pod): string {
  return pod.spec.containers[0]?.image ?? ''
}

/** How the simulated nodes name a pod. */
export function keyOfPod({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`
}

/** Whether the pod was there before the first `When`. */
export function wasThereBefore(world: ConformanceWorld, pod: Pod): boolean {
  return world.before.pods.some(({ metadata }) => metadata.uid === pod.metadata.uid)
}

/** The daemon pods on the node that were there before the first `When`. */
export async function formerPods(
  world: ConformanceWorld,
  daemonSet: string,
  node: string,
): Promise<readonly Pod[]> {
  const pods = await world.daemonPodsOn(daemonSet, node)
  return pods.filter((pod) => daemonPodsAmong(world.before.pods, daemonSet).some(isSame(pod)))
}

function isSame(pod: Pod): (other: Pod) => boolean {
  return ({ metadata }) => metadata.uid === pod.metadata.uid
}
