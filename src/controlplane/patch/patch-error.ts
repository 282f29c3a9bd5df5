import { StatusError } from '../../kubernetes/status-error'

/** How many operations a JSON patch may have (API-111). */
export const operationsLimit = 10_000

/** How much JSON the `copy` operations of one patch may add up to, in characters. */
export const copiedLimit = 3_145_728

/** A patch that is too much work: 413. */
export function patchTooLarge(message: string): StatusError {
  return new StatusError('RequestEntityTooLarge', message)
}
