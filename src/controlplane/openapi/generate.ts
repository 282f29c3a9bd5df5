import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import schema from '../schema/schema.generated.json'
import { valueTypes } from './packages'

/**
 * What is said of a type: its own description, the fields that must be there, a description for each field, and the
 * values of the fields that take no others.
 */
export type TypeTexts = readonly [
  description: string,
  required: string,
  fields: Readonly<Record<string, string>>,
  values?: Readonly<Record<string, readonly string[]>>,
]

/** The texts file: by the name of the type. */
export type TextsFile = Readonly<Record<string, TypeTexts>>

const models = dirname(require.resolve('kubernetes-models/package.json'))
const machinery = dirname(require.resolve('@kubernetes-models/apimachinery/package.json'))

/** Where the packages declare the types of the groups that are served. */
const folders: readonly string[] = [
  join(models, 'v1'),
  join(models, 'apps', 'v1'),
  join(models, 'coordination.k8s.io', 'v1'),
  join(models, 'policy', 'v1'),
  join(models, 'scheduling.k8s.io', 'v1'),
  join(machinery, 'apis', 'meta', 'v1'),
  join(machinery, 'api', 'resource'),
  join(machinery, 'runtime'),
  join(machinery, 'util', 'intstr'),
]

/** The texts of every type of the schema, read from the declarations of the models, which carry what values there are. */
export function textsOfModels(): TextsFile {
  const texts: Record<string, TypeTexts> = {}
  for (const type of [...Object.keys(schema), ...Object.keys(valueTypes)]) {
    const [description, required, fields, values] = textsIn(declarationOf(type), type)
    const typed = { ...fields, ...(fields['kind'] === '' ? typeMembers() : {}) }
    texts[type] =
      values === undefined ? [description, required, typed] : [description, required, typed, values]
  }
  return texts
}

/** What is said of kind and version, in the same words for every kind, by a model that says it. */
function typeMembers(): Readonly<Record<string, string>> {
  const [, , { kind = '', apiVersion = '' }] = textsIn(
    declarationOf('DeleteOptions'),
    'DeleteOptions',
  )
  return { apiVersion, kind }
}

function declarationOf(type: string): string {
  const path = folders.map((folder) => join(folder, `${type}.d.ts`)).find(existsSync)
  if (path === undefined) throw new Error(`no model declares the type ${type}`)
  return readFileSync(path, 'utf8')
}

const member = /(?:\/\*\*\n((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*)?^ {4}"([^"]+)"(\?)?: ([^;]+);/gm

function textsIn(declaration: string, type: string): TypeTexts {
  const start = new RegExp(`^export (?:interface|type) I${type}\\b`, 'm').exec(declaration)?.index
  if (start === undefined) throw new Error(`the model of ${type} is declared in another way`)
  const before = /\/\*\*\n((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*$/.exec(declaration.slice(0, start))
  const body = declaration.slice(start, declaration.indexOf('\n}', start))
  const fields: Record<string, string> = {}
  const values: Record<string, readonly string[]> = {}
  const required: string[] = []
  for (const [, text = '', name = '', optional, what = ''] of body.matchAll(member)) {
    if (isTypeMember(name, what)) {
      fields[name] = ''
      continue
    }
    fields[name] = plain(text)
    if (optional === undefined) required.push(name)
    if (what.includes('"'))
      values[name] = [...what.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value)
  }
  const texts = [plain(before?.[1] ?? ''), required.join(' '), fields] as const
  return Object.keys(values).length === 0 ? texts : [...texts, values]
}

/** Kind and version of a stored object are declared as the one value that they have, without a text. */
function isTypeMember(name: string, what: string): boolean {
  return (name === 'kind' || name === 'apiVersion') && /^"[^"]*"$/.test(what)
}

/** A comment without its stars, escapes and tags. */
function plain(comment: string): string {
  return comment
    .replace(/^ *\* ?/gm, '')
    .replace(/\\\*/g, '*')
    .replace(/\n@deprecated\s*$/, '')
    .trim()
}

/** The text of the file: one line for each type, so that a change shows as one. */
export function textsText(texts: TextsFile): string {
  const lines = Object.entries(texts).map(
    ([type, entry]) => `${JSON.stringify(type)}:${JSON.stringify(entry)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}

/** Where the texts file is. */
export const textsPath = join(__dirname, 'texts.generated.json')

if (require.main === module) writeFileSync(textsPath, textsText(textsOfModels()))
