import type { Node } from '../../kubernetes/types'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const

/** Keeps pods off a new node until the node lifecycle controller has seen it ready (API-211). */
export function withNotReadyTaint(node: Node): Node {
  const taints = node.spec?.taints ?? []
  if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) {
    return node
  }
  return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } }
}
