import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import schema from '../schema/schema.generated.json'

/** What is said of a type: its own description, the fields that must be there, and a description for each field. */
export type TypeTexts = readonly [
  description: string,
  required: string,
  fields: Readonly<Record<string, string>>,
]

/** The texts file: by the name of the type. */
export type TextsFile = Readonly<Record<string, TypeTexts>>

/** Where the declarations of client-node's models are. */
function modelsFolder(): string {
  return join(dirname(require.resolve('@kubernetes/client-node')), 'gen', 'models')
}

/** The texts of every type of the schema, read from the doc comments of client-node's models. */
export function textsOfModels(): TextsFile {
  const folder = modelsFolder()
  const files = new Set(readdirSync(folder))
  const texts: Record<string, TypeTexts> = {}
  for (const type of Object.keys(schema)) {
    const file = [`V1${type}.d.ts`, `CoreV1${type}.d.ts`].find((name) => files.has(name))
    if (file !== undefined) texts[type] = textsIn(readFileSync(join(folder, file), 'utf8'))
  }
  return texts
}

const member = /(?:\/\*\*\s*([\s\S]*?)\s*\*\/\s*)?'([^']+)'(\?)?: [^;]+;/g

function textsIn(declarations: string): TypeTexts {
  const [, description = '', body = ''] =
    /\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*export declare class \w+ \{([\s\S]*?)static readonly discriminator/.exec(
      declarations,
    ) ?? []
  const fields: Record<string, string> = {}
  const required: string[] = []
  for (const [, text = '', name = '', optional] of body.matchAll(member)) {
    const wireName = name.replace(/^_/, '')
    fields[wireName] = plain(text)
    if (optional === undefined) required.push(wireName)
  }
  return [plain(description), required.join(' '), fields]
}

/** A comment without its stars, with its quotes and paragraphs as they were: the models write `  ` for an empty line. */
function plain(comment: string): string {
  return comment
    .replace(/^\s*\*+ ?/gm, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\\(["'\\])/g, '$1')
    .replace(/ {2,}/g, '\n\n')
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
