import { StatusError } from './status-error'

/** One condition of a `fieldSelector=` query. */
export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** The fields that every kind can be selected by. */
const fieldsOfAllKinds = ['metadata.name', 'metadata.namespace']

/**
 * Parses the text of a `fieldSelector=` query: `=`, `==`, `!=`, a comma for "and", a backslash to escape.
 *
 * @throws StatusError `BadRequest` when the text cannot be parsed
 * @see API-225
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return termsOf(text)
    .filter((term) => term !== '')
    .sort() // The server's order, which shows when two terms are wrong.
    .map((term) => requirementOf(term, text))
    .filter(({ field, value }) => field !== '' || value !== '')
}

/** The parts between commas that no backslash precedes, still escaped. */
function termsOf(text: string): readonly string[] {
  const terms = ['']
  for (const [piece] of text.matchAll(/\\.|./gsu)) {
    if (piece === ',') terms.push('')
    else terms.push(`${terms.pop() ?? ''}${piece}`)
  }
  return terms
}

/** Split at the first operator: a backslash protects values, but not the field before them. */
function requirementOf(term: string, text: string): FieldRequirement {
  const [, field, operator, value] = /^(.*?)(!=|==|=)(.*)$/su.exec(term) ?? []
  if (field === undefined || operator === undefined || value === undefined) {
    throw refused(`invalid selector: '${text}'; can't understand '${term}'`)
  }
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescaped(value) }
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)|=/gsu, (found, escaped: string | undefined) => {
    if (escaped === undefined) {
      // The server prints the character as the number that it is.
      throw refused(`invalid field selector: unescaped character in value: ${'='.charCodeAt(0)}`)
    }
    if (!['\\', ',', '='].includes(escaped)) {
      throw refused(`invalid field selector: invalid escape sequence: ${found}`)
    }
    return escaped
  })
}

/**
 * Compiles the text of a `fieldSelector=` query for one kind.
 *
 * `known` are the fields of the kind beyond `metadata.name` and `metadata.namespace` (both may be in it);
 * `fieldsOf` gives an object's values, a field that is unset being the empty text (API-226).
 *
 * @throws StatusError `BadRequest` for a text that cannot be parsed and for a field that is not known
 * @see API-225
 */
export function compileFieldSelector<T>(
  text: string,
  known: readonly string[],
  fieldsOf: (object: T) => Readonly<Record<string, string>>,
): (object: T) => boolean {
  const requirements = parseFieldSelector(text).map((requirement) => checked(requirement, known))
  if (requirements.length === 0) return () => true
  return (object) => {
    const fields = fieldsOf(object)
    return requirements.every(
      ({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '='),
    )
  }
}

function checked(requirement: FieldRequirement, known: readonly string[]): FieldRequirement {
  const { field } = requirement
  if (fieldsOfAllKinds.includes(field) || known.includes(field)) return requirement
  // The old name of the field, which only pods have.
  if (field === 'spec.host' && known.includes('spec.nodeName')) {
    return { ...requirement, field: 'spec.nodeName' }
  }
  const hasOwnFields = known.some((name) => !fieldsOfAllKinds.includes(name))
  throw refused(
    hasOwnFields
      ? `field label not supported: ${field}`
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}

function refused(message: string): StatusError {
  return new StatusError('BadRequest', message)
}
