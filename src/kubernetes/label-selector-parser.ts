import { type LabelRequirement, requirementErrors } from './label-requirement'
import { qualifiedNameErrors } from './names'
import { StatusError } from './status-error'

/**
 * Parses the text of a `labelSelector=` query into requirements.
 *
 * @throws StatusError `BadRequest` with the words of API-224
 */
export function parseLabelSelector(text: string): readonly LabelRequirement[] {
  return new Parser(text).requirements()
}

const end = 'end of string'
const operators = new Map([
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['=', 'Equals'],
  ['==', 'Equals'],
  ['!=', 'NotEquals'],
  ['>', 'Gt'],
  ['<', 'Lt'],
])

/** Symbols, then everything else up to white space or a symbol; `kind` is the symbol itself. */
interface Token {
  readonly kind:
    | 'identifier'
    | 'end of string'
    | '='
    | '=='
    | '!='
    | '!'
    | '('
    | ')'
    | ','
    | '<'
    | '>'
  readonly text: string
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  for (const [, symbol, word] of text.matchAll(/(!=|==|[=!(),<>])|([^ \t\r\n=!(),<>]+)/g)) {
    if (word !== undefined) tokens.push({ kind: 'identifier', text: word })
    else if (symbol !== undefined) tokens.push({ kind: symbol as Token['kind'], text: symbol })
  }
  tokens.push({ kind: end, text: '' })
  return tokens
}

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  requirements(): readonly LabelRequirement[] {
    const requirements: LabelRequirement[] = []
    for (;;) {
      const { kind, text } = this.#peek()
      if (kind === end) return requirements
      if (kind !== 'identifier' && kind !== '!') {
        throw refused(`found '${text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.#requirement())
      const next = this.#take()
      if (next.kind === end) return requirements
      if (next.kind !== ',') {
        throw refused(`found '${next.text}', expected: ',' or 'end of string'`)
      }
      const following = this.#peek()
      if (following.kind !== 'identifier' && following.kind !== '!') {
        throw refused(`found '${following.text}', expected: identifier after ','`)
      }
    }
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek().kind === '!'
    if (negated) this.#take()
    const { kind, text: key } = this.#take()
    if (kind !== 'identifier') throw unparsable(`found '${key}', expected: identifier`)
    const keyErrors = qualifiedNameErrors(key)
    if (keyErrors.length > 0) {
      // The server has no field to name here and prints its empty path.
      throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`)
    }
    const requirement = this.#condition(key, negated)
    const errors = requirementErrors(requirement)
    const [first] = errors
    if (first !== undefined)
      throw unparsable(errors.length === 1 ? first : `[${errors.join(', ')}]`)
    return requirement
  }

  #condition(key: string, negated: boolean): LabelRequirement {
    if (negated) return { key, operator: 'DoesNotExist' } // What follows is not part of it.
    const { kind } = this.#peek()
    if (kind === end || kind === ',') return { key, operator: 'Exists' }
    const { text } = this.#take()
    const operator = operators.get(text)
    switch (operator) {
      case undefined:
        throw unparsable(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`)
      case 'In':
      case 'NotIn':
        return { key, operator, values: this.#values() }
      case 'Equals':
        return { key, operator: 'In', values: [this.#value()] }
      case 'NotEquals':
        return { key, operator: 'NotIn', values: [this.#value()] }
      default:
        return { key, operator, values: [this.#value()] }
    }
  }

  #value(): string {
    const { kind, text } = this.#peek()
    if (kind === end || kind === ',') return ''
    this.#take()
    if (kind !== 'identifier') throw unparsable(`found '${text}', expected: identifier`)
    return text
  }

  /** A list in parentheses; `()`, `(,` and `,)` stand for the empty value. */
  #values(): readonly string[] {
    const open = this.#take()
    if (open.kind !== '(') throw unparsable(`found '${open.text}' expected: '('`)
    const { kind, text } = this.#peek()
    if (kind !== 'identifier' && kind !== ',' && kind !== ')') {
      throw unparsable(`found '${text}', expected: ',', ')' or identifier`)
    }
    const values = new Set<string>()
    for (;;) {
      values.add(this.#peek().kind === 'identifier' ? this.#take().text : '')
      const separator = this.#take()
      if (separator.kind === ')') return [...values].sort()
      if (separator.kind !== ',') {
        throw unparsable(`found '${separator.text}', expected: ',' or ')'`)
      }
      const next = this.#peek()
      if (next.kind !== 'identifier' && next.kind !== ',' && next.kind !== ')') {
        throw unparsable(`found '${next.text}', expected: ',', or identifier`)
      }
    }
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? { kind: end, text: '' }
  }

  #take(): Token {
    const token = this.#peek()
    this.#position++
    return token
  }
}

function unparsable(message: string): StatusError {
  return refused(`unable to parse requirement: ${message}`)
}

function refused(message: string): StatusError {
  return new StatusError('BadRequest', message)
}
