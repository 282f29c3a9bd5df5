import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from '../../kubernetes/names'
import type { LabelSelector } from '../../kubernetes/types'
import {
  type FieldError,
  forbidden,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from './field-error'
import { isSame } from './structure'

/** Where checks put the problems they find, in the order in which an API server lists them. */
export type Problems = FieldError[]

/** Says of each message that it is wrong with the value. */
export function checkFormat(
  problems: Problems,
  path: string,
  value: unknown,
  messages: readonly string[],
): void {
  for (const message of messages) problems.push(invalidValue(path, value, message))
}

/** A DNS label: names of containers, volumes and namespaces. */
export function checkDnsLabel(problems: Problems, path: string, text: string): void {
  checkFormat(problems, path, text, dns1123LabelErrors(text))
}

/** A DNS subdomain: names of most objects (API-133). */
export function checkDnsSubdomain(problems: Problems, path: string, text: string): void {
  checkFormat(problems, path, text, dns1123SubdomainErrors(text))
}

/** A key of labels, taints or conditions, with an optional domain in front (API-134). */
export function checkQualifiedName(problems: Problems, path: string, text: string): void {
  checkFormat(problems, path, text, qualifiedNameErrors(text))
}

/** Keys and values of labels; the path is that of the whole map (API-34, API-134). */
export function checkLabels(
  problems: Problems,
  path: string,
  labels: Readonly<Record<string, string>> | undefined,
): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    checkQualifiedName(problems, path, key)
    checkFormat(problems, path, value, labelValueErrors(value))
  }
}

const annotationBytes = 262_144

/** Keys of annotations, whatever their case, and their total size (API-134). */
export function checkAnnotations(
  problems: Problems,
  path: string,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    checkFormat(problems, path, key, qualifiedNameErrors(key.toLowerCase()))
    size += byteLength(key) + byteLength(value)
  }
  if (size > annotationBytes) problems.push(tooLong(path, annotationBytes))
}

/** The length of a text in UTF-8, as API servers measure it. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text)
}

/** A label selector, if there is one (API-38 to API-40). */
export function checkLabelSelector(
  problems: Problems,
  path: string,
  selector: LabelSelector | undefined,
  options: { readonly tolerateValues?: boolean } = {},
): void {
  if (selector === undefined) return
  checkLabels(problems, `${path}.matchLabels`, selector.matchLabels)
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`
    checkSelectorOperator(problems, at, requirement)
    checkQualifiedName(problems, `${at}.key`, requirement.key ?? '')
    if (options.tolerateValues !== true) {
      checkLabelValues(problems, `${at}.values`, requirement.values)
    }
  }
}

/** Whether a selector has values that are no label values; updates then tolerate them (API-40). */
export function hasMalformedValues(selector: LabelSelector | undefined): boolean {
  return (selector?.matchExpressions ?? []).some(({ values }) =>
    (values ?? []).some((value) => labelValueErrors(value).length > 0),
  )
}

/** Each value by itself, at its own index. */
export function checkLabelValues(
  problems: Problems,
  path: string,
  values: readonly string[] | undefined,
): void {
  for (const [index, value] of (values ?? []).entries()) {
    checkFormat(problems, `${path}[${index}]`, value, labelValueErrors(value))
  }
}

/** The operator of a requirement, and whether it goes with the number of values (API-39). */
function checkSelectorOperator(
  problems: Problems,
  path: string,
  requirement: { readonly operator?: string; readonly values?: readonly string[] },
): void {
  const { operator, values = [] } = requirement
  const needsValues = operator === 'In' || operator === 'NotIn'
  if (needsValues && values.length === 0) {
    problems.push(
      required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
    )
  }
  if (needsValues) return
  if (operator !== 'Exists' && operator !== 'DoesNotExist') {
    problems.push(invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator'))
  } else if (values.length > 0) {
    problems.push(
      forbidden(
        `${path}.values`,
        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      ),
    )
  }
}

/** A number that may be absent but not below 0. */
export function checkNonNegative(
  problems: Problems,
  path: string,
  value: number | undefined,
): void {
  if (value !== undefined && value < 0) {
    problems.push(invalidValue(path, value, 'must be greater than or equal to 0'))
  }
}

/** A number above 0. */
export function checkPositive(problems: Problems, path: string, value: number): void {
  if (value <= 0) problems.push(invalidValue(path, value, 'must be greater than zero'))
}

/** One of a fixed set, listed in that order; an absent or empty value is required. */
export function checkRequiredChoice(
  problems: Problems,
  path: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value === undefined || value === '') problems.push(required(path))
  else checkChoice(problems, path, value, choices)
}

/** One of a fixed set, listed in that order; absence is fine. */
export function checkChoice(
  problems: Problems,
  path: string,
  value: string | undefined,
  choices: readonly string[],
): void {
  if (value !== undefined && !choices.includes(value)) {
    problems.push(notSupported(path, value, choices))
  }
}

/** A text that must be there; tells whether it is. */
export function checkPresent(
  problems: Problems,
  path: string,
  text: string | undefined,
): text is string {
  if (text !== undefined && text !== '') return true
  problems.push(required(path))
  return false
}

/** A part of an object that updates may not change. */
export function checkImmutable(
  problems: Problems,
  path: string,
  value: unknown,
  previous: unknown,
): void {
  if (!isSame(value, previous)) {
    problems.push(invalidValue(path, value ?? null, 'field is immutable'))
  }
}
