import { compileNodeSelection } from '../kubernetes/node-affinity'
import { type TolerationOptions, untoleratedTaint } from '../kubernetes/tolerations'
import type { DaemonSet, Labels, Node, PodSpec, PodTemplateSpec, Taint } from '../kubernetes/types'
import { daemonTolerationsOf } from './daemon-tolerations'

/**
 * What a DaemonSet wants of a node: to run a pod there, to keep the one that runs but start none, or to
 * have it removed. The reason names what stands in the way.
 */
export type Placement =
  | { readonly kind: 'run' }
  | { readonly kind: 'keep'; readonly reason: string }
  | { readonly kind: 'remove'; readonly reason: string }

/** Judges one node after another for the template it was compiled from. */
export type Placer = (node: Node) => Placement

const run: Placement = Object.freeze({ kind: 'run' })

/**
 * Judges the node for the DaemonSet.
 *
 * The node's name, labels and taints are all that matters of it (PLACE-04): not its conditions, not
 * whether it is cordoned, not its capacity (PLACE-05).
 *
 * @see PLACE-03
 */
export function placementOn(node: Node, daemonSet: DaemonSet): Placement {
  return compilePlacement(daemonSet.spec.template)(node)
}

/** The judgement of `placementOn`, compiled once per template for many nodes. */
export function compilePlacement({ spec }: PodTemplateSpec, options?: TolerationOptions): Placer {
  if (spec === undefined || spec === null) return () => run
  const isSelected = compileNodeSelection(spec)
  const tolerations = daemonTolerationsOf(spec)
  return (node) => {
    const { name } = node.metadata
    if (spec.nodeName && spec.nodeName !== name) {
      return { kind: 'remove', reason: `the template names the node "${spec.nodeName}"` }
    }
    if (!isSelected(node)) return { kind: 'remove', reason: whyNotSelected(spec, node) }
    const taints = node.spec?.taints
    const evicting = untoleratedTaint(tolerations, taints, ['NoExecute'], options)
    if (evicting) return { kind: 'remove', reason: whyRepelled(evicting) }
    const repelling = untoleratedTaint(tolerations, taints, ['NoSchedule'], options)
    return repelling ? { kind: 'keep', reason: whyRepelled(repelling) } : run
  }
}

function whyNotSelected({ nodeSelector }: PodSpec, { metadata }: Node): string {
  const labels: Labels = metadata.labels ?? {}
  for (const [key, wanted] of Object.entries(nodeSelector ?? {})) {
    const found = labels[key]
    if (found === undefined)
      return `the node has no label "${key}", nodeSelector asks for "${wanted}"`
    if (found !== wanted) {
      return `the node's label "${key}" is "${found}", nodeSelector asks for "${wanted}"`
    }
  }
  return 'no term of the required node affinity matches the node'
}

function whyRepelled({ key, value, effect }: Taint): string {
  return `the taint "${key}${value ? `=${value}` : ''}:${effect}" is not tolerated`
}
