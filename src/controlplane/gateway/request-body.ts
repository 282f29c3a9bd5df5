import type { IncomingMessage } from 'node:http'
import { parseDocument } from 'yaml'
import { StatusError } from '../../kubernetes/status-error'
import { badRequest } from '../refusals'
import { duplicateFieldsIn } from './duplicate-fields'
import type { BodyFormat } from './media-types'
import { decodedProtobuf } from './protobuf/decode'

/** The largest body that is read (API-111). */
export const bodyLimit = 3_145_728

/** How deep a text may be nested; checked before anything recursive sees it. */
const depthLimit = 500

/** How many nodes of a YAML text may be repeated by aliases. */
const aliasLimit = 100

/** A body, decoded. */
export interface Body {
  readonly value: unknown
  /** Paths of fields that were given twice (API-138). */
  readonly duplicates: readonly string[]
}

/**
 * Reads a body up to its limit.
 *
 * @throws StatusError `RequestEntityTooLarge`
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? '0')
  if (announced > bodyLimit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyLimit) throw tooLarge()
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

/**
 * Decodes a body.
 *
 * @param what how messages call the object, e.g. `Pod`
 * @throws StatusError `BadRequest`, with the position of the fault
 */
export function decodedBody(bytes: Buffer, format: BodyFormat, what: string): Body {
  if (format === 'protobuf') return { value: decodedProtobuf(bytes, what), duplicates: [] }
  const text = bytes.toString('utf8')
  checkDepth(text)
  return format === 'json' ? decodedJson(text, what) : decodedYaml(text, what)
}

/** Decodes the body of a server-side apply, which is YAML or, mostly, JSON (API-154). */
export function decodedApply(bytes: Buffer): Body {
  const text = bytes.toString('utf8')
  checkDepth(text)
  if (/^\s*\{/.test(text)) {
    try {
      return { value: JSON.parse(text), duplicates: duplicateFieldsIn(text) }
    } catch {
      // It may still be YAML in flow style.
    }
  }
  return decodedYaml(text, undefined)
}

function decodedJson(text: string, what: string): Body {
  try {
    return { value: JSON.parse(text), duplicates: duplicateFieldsIn(text) }
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${what}): couldn't get version/kind; ` +
        `json parse error: ${jsonProblem(text, error)} (${previewOf(text)})`,
    )
  }
}

/** How much of a body a message repeats. */
const previewLength = 64

function previewOf(text: string): string {
  if (text === '') return '<empty>'
  return text.length > previewLength ? `${text.slice(0, previewLength)} ...` : text
}

/** The message of a failed patch or other body that names no kind. */
function jsonProblem(text: string, error: unknown): string {
  if (text.trim() === '') return 'unexpected end of JSON input'
  const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
  if (Number(position) >= text.trimEnd().length) return 'unexpected end of JSON input'
  return error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error)
}

function decodedYaml(text: string, what: string | undefined): Body {
  try {
    const document = parseDocument(text, {
      uniqueKeys: false,
      schema: 'core',
      logLevel: 'silent',
      prettyErrors: true,
    })
    const [problem] = document.errors
    if (problem !== undefined) throw problem
    const value: unknown = document.toJS({ maxAliasCount: aliasLimit })
    return { value, duplicates: yamlDuplicates(text) }
  } catch (error) {
    if (error instanceof StatusError) throw error
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    throw badRequest(
      what === undefined
        ? `error decoding YAML: yaml: ${why}`
        : `the object provided is unrecognized (must be of type ${what}): yaml: ${why} (${previewOf(text)})`,
    )
  }
}

function yamlDuplicates(text: string): readonly string[] {
  const { errors } = parseDocument(text, { uniqueKeys: true, logLevel: 'silent' })
  return errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ message }) => message.split('\n', 1)[0] ?? message)
}

/**
 * Refuses texts that are nested too deeply for readers that recurse.
 *
 * Brackets nest, save for those in strings; the block style of YAML nests by indentation or by dashes in a row.
 */
function checkDepth(text: string): void {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    if (depth > depthLimit) throw tooDeep()
  }
  if (/(?:- ){500}|(?:\? ){500}|^ {1000}/m.test(text)) throw tooDeep()
}

function tooDeep(): StatusError {
  return badRequest(`the body is nested more deeply than ${depthLimit} levels`)
}

function tooLarge(): StatusError {
  return new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimit}`)
}
