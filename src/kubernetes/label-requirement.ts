import { parseInt64 } from './int64'
import { labelValueErrors, qualifiedNameErrors } from './names'
import type { Labels } from './types'

/** One condition on labels, in the form that selectors and node affinity terms share. */
export interface LabelRequirement {
  readonly key: string
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, and where node labels are compared `Gt` and `Lt`. */
  readonly operator: string
  readonly values?: readonly string[]
}

export type LabelPredicate = (labels: Labels | undefined) => boolean

/**
 * Turns one requirement into a question about labels, or into `undefined` when it cannot be understood:
 * an unknown operator, a malformed key or value, a wrong number of values.
 *
 * @see PLACE-14 PLACE-15 PLACE-16 PLACE-17
 */
export function compileRequirement(requirement: LabelRequirement): LabelPredicate | undefined {
  if (requirementErrors(requirement).length > 0) return undefined
  const { key, operator, values = [] } = requirement
  const wanted = new Set(values)
  switch (operator) {
    case 'In':
      return (labels) => wanted.has(labels?.[key] as string)
    case 'NotIn':
      return (labels) => !wanted.has(labels?.[key] as string)
    case 'Exists':
      return (labels) => typeof labels?.[key] === 'string'
    case 'DoesNotExist':
      return (labels) => typeof labels?.[key] !== 'string'
    case 'Gt':
      return comparing(key, values, (label, bound) => label > bound)
    case 'Lt':
      return comparing(key, values, (label, bound) => label < bound)
    default:
      return undefined
  }
}

function comparing(
  key: string,
  [text = '']: readonly string[],
  holds: (label: bigint, bound: bigint) => boolean,
): LabelPredicate {
  const bound = parseInt64(text)
  return (labels) => {
    const label = labels?.[key]
    const value = typeof label === 'string' ? parseInt64(label) : undefined
    return value !== undefined && bound !== undefined && holds(value, bound)
  }
}

/** Why the API server would not understand the requirement, each problem with the path of its field. */
export function requirementErrors({ key, operator, values = [] }: LabelRequirement): string[] {
  const errors = [
    ...problem('key', key, qualifiedNameErrors(key)),
    ...countErrors(operator, values),
  ]
  values.forEach((value, index) => {
    errors.push(...problem(`values[${index}][${key}]`, value, labelValueErrors(value)))
  })
  return errors
}

/** How many values, and of which form, each operator takes. */
function countErrors(operator: string, values: readonly string[]): string[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : ["values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : problem('values', values, ['values set must be empty for exists and does not exist'])
    case 'Gt':
    case 'Lt':
      return comparisonErrors(values)
    default:
      return [`operator: Unsupported value: ${JSON.stringify(operator)}`]
  }
}

function comparisonErrors(values: readonly string[]): string[] {
  const [value] = values
  if (values.length !== 1 || value === undefined) {
    return problem('values', values, ["for 'Gt', 'Lt' operators, exactly one value is required"])
  }
  return parseInt64(value) === undefined
    ? problem('values[0]', value, ["for 'Gt', 'Lt' operators, the value must be an integer"])
    : []
}

function problem(field: string, value: unknown, errors: readonly string[]): string[] {
  return errors.length === 0
    ? []
    : [`${field}: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`]
}
