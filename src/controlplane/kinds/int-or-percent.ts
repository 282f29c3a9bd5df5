import { checkFormat, checkNonNegative, type Problems } from './checks'
import { invalidValue } from './field-error'
import { percentErrors } from './formats'

/** A number of things or a share of all of them: not negative, not above 100 % (API-48). */
export function checkIntOrPercent(
  problems: Problems,
  path: string,
  value: number | string | undefined,
): void {
  if (typeof value === 'string') checkFormat(problems, path, value, percentErrors(value))
  else checkNonNegative(problems, path, value)
}

/** A share above 100 %; told after all other problems of the values. */
export function checkPercentLimit(
  problems: Problems,
  path: string,
  value: number | string | undefined,
): void {
  if (typeof value !== 'string' || percentErrors(value).length > 0) return
  if (writtenNumber(value) > 100) {
    problems.push(invalidValue(path, value, 'must not be greater than 100%'))
  }
}

/** The number as it is written, whatever it is a share of; 0 for what is no number (API-50). */
export function writtenNumber(value: number | string | undefined): number {
  if (typeof value === 'number') return value
  const digits = /^(\d+(?=%$)|[-+]?\d+$)/.exec(value ?? '')?.[0]
  return digits === undefined ? 0 : Number(digits)
}
