import { parseInt64 } from './int64'
import type { Taint, Toleration } from './types'

/** What may tolerate beside equality and existence. */
export interface TolerationOptions {
  /** Whether `Lt` and `Gt` compare numbers; off by default, as their feature gate is (GATES-07). */
  readonly comparing?: boolean
}

/**
 * Whether the toleration covers the taint, for ever: `tolerationSeconds` plays no part (PLACE-26).
 *
 * @see PLACE-25
 */
export function tolerates(
  toleration: Toleration,
  taint: Taint,
  { comparing = false }: TolerationOptions = {},
): boolean {
  const { effect, key, operator, value } = toleration
  if (isSet(effect) && effect !== taint.effect) return false
  if (isSet(key) && key !== taint.key) return false
  if (operator === 'Exists') return true
  if (comparing && (operator === 'Lt' || operator === 'Gt')) {
    return isBeyond(taint.value ?? '', operator, value ?? '')
  }
  return (!isSet(operator) || operator === 'Equal') && (value ?? '') === (taint.value ?? '')
}

/** Whether the taint's number is on the tolerated side of the toleration's; what is no number matches nothing. */
function isBeyond(of: string, operator: 'Lt' | 'Gt', limit: string): boolean {
  const [number, bound] = [parseInt64(of), parseInt64(limit)]
  if (number === undefined || bound === undefined) return false
  return operator === 'Lt' ? number < bound : number > bound
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== null && text !== ''
}

/** The first taint with one of the effects that no toleration covers. */
export function untoleratedTaint(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
  effects: readonly string[],
  options?: TolerationOptions,
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) &&
      !(tolerations ?? []).some((toleration) => tolerates(toleration, taint, options)),
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
