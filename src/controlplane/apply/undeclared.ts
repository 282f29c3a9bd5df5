import { isJsonObject, type Json } from '../patch/json'
import type { Shape } from '../schema/schema'
import { edgeText } from './field-set'
import { type Position, partsOf } from './parts'

/** How many problems of one configuration are told. */
const reportLimit = 20

/** What keeps a configuration from being read: fields that the schema does not know, list items given twice (API-167). */
export function undeclaredIn(configuration: Json, position: Position): readonly string[] {
  const problems: string[] = []
  visit(configuration, position, { path: '', problems })
  return problems.slice(0, reportLimit)
}

interface Visit {
  readonly path: string
  readonly problems: string[]
}

function visit(value: Json, position: Position, { path, problems }: Visit): void {
  problems.push(...unknownFieldsOf(value, position.shape, path))
  const found = partsOf(value, { ...position, isAtomic: false })
  if (found === undefined) {
    visitItems(value, position, { path, problems })
    return
  }
  const seen = new Set<string>()
  for (const part of found.parts) {
    if (seen.has(part.edge)) problems.push(duplicateText(found.type, path, part.edge))
    seen.add(part.edge)
    if (found.type !== 'set') {
      visit(part.value, part.position, { path: path + edgeText(part.edge), problems })
    }
  }
}

function unknownFieldsOf(value: Json, shape: Shape, path: string): readonly string[] {
  if (shape.is !== 'object' || !isJsonObject(value)) return []
  return Object.keys(value)
    .filter((name) => !shape.fields.has(name))
    .map((name) => `${path}.${name}: field not declared in schema`)
}

/** The items of a list that has one owner as a whole. */
function visitItems(value: Json, { shape, list }: Position, { path, problems }: Visit): void {
  if (shape.is !== 'list' || list !== undefined || !Array.isArray(value)) return
  const position: Position = { shape: shape.of, isAtomic: false, list: undefined }
  for (const [index, item] of value.entries()) {
    visit(item, position, { path: `${path}[${index}]`, problems })
  }
}

function duplicateText(type: string, path: string, edge: string): string {
  const what =
    type === 'set'
      ? `duplicate entries for value ${edgeText(edge)}`
      : `duplicate entries for key ${edgeText(edge)}`
  return `${path}: ${what}`
}
