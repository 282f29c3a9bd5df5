const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`
const qualifiedPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValuePattern = `(${qualifiedPattern})?`

const labelExpression = new RegExp(`^${labelPattern}$`)
const subdomainExpression = new RegExp(`^${subdomainPattern}$`)
const qualifiedExpression = new RegExp(`^${qualifiedPattern}$`)
const labelValueExpression = new RegExp(`^${labelValuePattern}$`)

const maxLabelLength = 63
const maxSubdomainLength = 253

/**
 * What is wrong with a text as a DNS subdomain, in the words of the API server; empty when nothing is.
 *
 * @see API-133
 */
export function dns1123SubdomainErrors(text: string): string[] {
  return subdomainErrors(text, 'characters')
}

function subdomainErrors(text: string, unit: Unit): string[] {
  const errors = lengthErrors(text, maxSubdomainLength, unit)
  if (!subdomainExpression.test(text)) {
    errors.push(
      patternError(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        subdomainPattern,
        ['example.com'],
      ),
    )
  }
  return errors
}

/** Whether the text can name most kinds of objects: a lower-case DNS subdomain of at most 253 characters. */
export function isDns1123Subdomain(text: string): boolean {
  return text.length <= maxSubdomainLength && subdomainExpression.test(text)
}

/**
 * What is wrong with a text as a DNS label, as namespaces, services, containers and volumes need one.
 *
 * @see API-133
 */
export function dns1123LabelErrors(text: string): string[] {
  const errors = lengthErrors(text, maxLabelLength, 'characters')
  if (labelExpression.test(text)) return errors
  errors.push(
    subdomainExpression.test(text)
      ? 'must not contain dots'
      : patternError(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          labelPattern,
          ['my-name', '123-abc'],
        ),
  )
  return errors
}

/**
 * What is wrong with a text as the key of a label, annotation, taint or resource.
 *
 * @see API-134
 */
export function qualifiedNameErrors(text: string): string[] {
  // Most keys have no prefix and are in order.
  if (text.length <= maxLabelLength && qualifiedExpression.test(text)) return []
  const parts = text.split('/')
  if (parts.length > 2) {
    return [
      `a valid label key ${patternError(qualifiedRule, qualifiedPattern, qualifiedExamples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? parts[0] : undefined
  return [
    ...prefixErrors(prefix).map((error) => `prefix part ${error}`),
    ...nameErrors(name).map((error) => `name part ${error}`),
  ]
}

const qualifiedRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const qualifiedExamples = ['MyName', 'my.name', '123-abc']

function prefixErrors(prefix: string | undefined): string[] {
  if (prefix === undefined) return []
  return prefix === '' ? ['must be non-empty'] : subdomainErrors(prefix, 'bytes')
}

function nameErrors(name: string): string[] {
  const errors = name === '' ? ['must be non-empty'] : lengthErrors(name, maxLabelLength, 'bytes')
  if (!qualifiedExpression.test(name)) {
    errors.push(patternError(qualifiedRule, qualifiedPattern, qualifiedExamples))
  }
  return errors
}

/**
 * What is wrong with a text as the value of a label; the empty text is a good value.
 *
 * @see API-134
 */
export function labelValueErrors(text: string): string[] {
  const errors = lengthErrors(text, maxLabelLength, 'bytes')
  if (!labelValueExpression.test(text)) {
    errors.push(
      patternError(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        labelValuePattern,
        ['MyValue', 'my_value', '12345'],
      ),
    )
  }
  return errors
}

type Unit = 'bytes' | 'characters'

/** The API server counts bytes either way, but calls them so only for labels and their like. */
function lengthErrors(text: string, limit: number, unit: Unit): string[] {
  return exceedsBytes(text, limit) ? [`must be no more than ${limit} ${unit}`] : []
}

/** In UTF-8; only a text that might be too long is encoded for it. */
function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true
  return text.length * 3 > limit && byteLengthOf(text) > limit
}

/** The length in UTF-8, without making the bytes: names are checked with every write. */
function byteLengthOf(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const isHalfOfPair = code >= 0xd800 && code < 0xe000
    bytes += code < 0x80 ? 1 : code < 0x800 || isHalfOfPair ? 2 : 3
  }
  return bytes
}

/** The API server's way of quoting a rule: the examples are each followed by a comma, also before "or". */
function patternError(rule: string, pattern: string, examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${quoted}regex used for validation is '${pattern}')`
}
