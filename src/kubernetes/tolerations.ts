import type { Taint, Toleration } from './types'

/**
 * Whether the toleration covers the taint, for ever: `tolerationSeconds` plays no part (PLACE-26).
 *
 * The comparing operators `Lt` and `Gt` never tolerate while their feature gate is off (GATES-07).
 *
 * @see PLACE-25
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { effect, key, operator, value } = toleration
  if (isSet(effect) && effect !== taint.effect) return false
  if (isSet(key) && key !== taint.key) return false
  if (operator === 'Exists') return true
  return (!isSet(operator) || operator === 'Equal') && (value ?? '') === (taint.value ?? '')
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== null && text !== ''
}

/** The first taint with one of the effects that no toleration covers. */
export function untoleratedTaint(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) &&
      !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  )
}

/** Whether every taint with one of the effects is covered by some toleration. */
export function toleratesAll(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
  effects: readonly string[],
): boolean {
  return untoleratedTaint(tolerations, taints, effects) === undefined
}
