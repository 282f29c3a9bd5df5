import type { Node, Taint } from '../../kubernetes/types'

/** A taint as features write it: `dedicated=gpu:NoSchedule`. */
export function taintOf(text: string): Taint {
  const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
  return { key, effect, ...(value === undefined ? {} : { value }) }
}

/** Whether the node has a taint of that key and effect. */
export function hasTaint({ spec }: Node, text: string): boolean {
  return (spec?.taints ?? []).some((taint) => isSameTaint(taint, taintOf(text)))
}

/** A node has one taint of a key and an effect. */
export function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}
