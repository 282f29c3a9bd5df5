/** A JSON Schema, as far as this project's own schemas use the language. */
export interface Schema {
  readonly [keyword: string]: unknown
}

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value

/** Every place where a value is not as the schema says. */
export function schemaProblems(
  value: unknown,
  schema: Schema,
  root = schema,
  path = '$',
): readonly string[] {
  if (schema['$ref'] !== undefined) {
    const name = String(schema['$ref']).replace('#/$defs/', '')
    return schemaProblems(value, (root['$defs'] as Record<string, Schema>)[name] ?? {}, root, path)
  }
  const problems: string[] = []
  const { type, enum: choices, pattern } = schema
  const isNumber = type === 'integer' && Number.isInteger(value)
  if (type !== undefined && typeOf(value) !== type && !isNumber)
    return [`${path}: is no ${String(type)}`]
  if ('const' in schema && value !== schema['const'])
    problems.push(`${path}: is not ${String(schema['const'])}`)
  if (Array.isArray(choices) && !choices.includes(value))
    problems.push(`${path}: ${String(value)} is no choice`)
  if (typeof pattern === 'string' && !new RegExp(pattern).test(String(value)))
    problems.push(`${path}: pattern`)
  if (Array.isArray(value)) {
    const items = (schema['items'] ?? {}) as Schema
    return [
      ...problems,
      ...value.flatMap((item, index) => schemaProblems(item, items, root, `${path}[${index}]`)),
    ]
  }
  if (typeOf(value) !== 'object') return problems
  return [...problems, ...objectProblems(value as Record<string, unknown>, schema, root, path)]
}

function objectProblems(
  value: Record<string, unknown>,
  schema: Schema,
  root: Schema,
  path: string,
): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema | boolean>
  const rest = (schema['additionalProperties'] ?? true) as Schema | boolean
  const required = (schema['required'] ?? []) as readonly string[]
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name}: is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const wanted = properties[name] ?? rest
      if (wanted === false) return [`${path}.${name}: is not known`]
      return wanted === true ? [] : schemaProblems(member, wanted, root, `${path}.${name}`)
    }),
  ]
}
