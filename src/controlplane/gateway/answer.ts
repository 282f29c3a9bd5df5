import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, gzip } from 'node:zlib'
import { stringify } from 'yaml'
import { type Status, StatusError } from '../../kubernetes/status-error'
import { type Format, formatOfRefusal } from './media-types'

/** Larger answers are compressed for those who can read them (API-110). */
const gzipFrom = 128 * 1024

/** Warnings are shortened when they are longer than this in all (API-140). */
const warningLimits = { total: 4096, each: 256 } as const

/** One answer, before it is written. */
export interface Answer {
  readonly code: number
  /** Bytes of JSON, or a value that becomes JSON. */
  readonly body: Buffer | object
  readonly format?: Format
  readonly pretty?: boolean
  readonly warnings?: readonly string[]
}

/** Writes one answer and ends it. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { warnings = [], format = 'json' } = answer
  if (warnings.length > 0) response.setHeader('Warning', warningHeaders(warnings))
  const isPretty = answer.pretty ?? isRead(request)
  sendBytes(request, response, {
    code: answer.code,
    contentType: format === 'json' ? 'application/json' : 'application/yaml',
    bytes: encoded(answer.body, format, isPretty),
  })
}

/** Writes bytes of a given type and ends the answer. */
export function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly code: number; readonly contentType: string; readonly bytes: Buffer },
): void {
  const { code, contentType, bytes } = answer
  response.statusCode = code
  response.setHeader('Content-Type', contentType)
  const end = (content: Buffer): void => {
    response.setHeader('Content-Length', content.length)
    response.end(request.method === 'HEAD' ? undefined : content)
  }
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (bytes.length <= gzipFrom || !takesGzip) {
    end(bytes)
    return
  }
  response.setHeader('Vary', 'Accept-Encoding')
  gzip(bytes, { level: constants.Z_BEST_SPEED }, (error, compressed) => {
    if (error !== null) {
      response.removeHeader('Vary')
      end(bytes)
      return
    }
    response.setHeader('Content-Encoding', 'gzip')
    end(compressed)
  })
}

/** Writes the Status of a refusal; other errors are failures of the server (API-115, API-121, API-122). */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const refusal = refusalOf(error)
  const { retryAfterSeconds } = refusal.details
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds))
  const format = formatOfRefusal(request.headers.accept)
  send(request, response, { code: refusal.code, body: statusOf(refusal), format })
}

/** Refusals whose Status has details even when there are none. */
const alwaysDetailed: ReadonlySet<string> = new Set(['Invalid', 'MethodNotAllowed', 'NotFound'])

/** Refusals that name their code are made from the code alone; they have details, too. */
const namesItsCode = /^(?:406|415): /

/** The Status of a refusal, without details that say nothing (API-121). */
function statusOf(refusal: StatusError): Status {
  const { details = {}, ...status } = refusal.toStatus()
  const said = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== ''))
  const isSilent =
    Object.keys(said).length === 0 &&
    !alwaysDetailed.has(refusal.reason) &&
    !namesItsCode.test(status.message ?? '')
  const { code, ...rest } = status
  return isSilent ? status : ({ ...rest, details: said, code } as Status)
}

/** Any caught value as a refusal. */
function refusalOf(error: unknown): StatusError {
  if (error instanceof StatusError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new StatusError('InternalError', `Internal error occurred: ${message}`, {
    details: { causes: [{ message }] },
    cause: error,
  })
}

/** Answers with plain text. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  text: string,
): void {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  const contentType = 'text/plain; charset=utf-8'
  sendBytes(request, response, { code, contentType, bytes: Buffer.from(text) })
}

/** Programs that show answers to people get indented ones (API-109). */
function isRead({ headers }: IncomingMessage): boolean {
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '')
}

function encoded(body: Buffer | object, format: Format, isPretty: boolean): Buffer {
  if (format === 'json' && !isPretty) {
    return Buffer.isBuffer(body) ? body : Buffer.from(`${JSON.stringify(body)}\n`)
  }
  const value: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString('utf8')) : body
  if (format === 'json') return Buffer.from(`${JSON.stringify(value, undefined, 2)}`)
  return Buffer.from(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }))
}

/** One header line for each warning (API-139, API-140). */
export function warningHeaders(warnings: readonly string[]): readonly string[] {
  const unique = [...new Set(warnings)]
  const total = unique.reduce((sum, text) => sum + [...text].length, 0)
  return unique.map((text) => {
    const short =
      total > warningLimits.total ? [...text].slice(0, warningLimits.each).join('') : text
    const escaped = printable(short).replace(/["\\]/g, '\\$&')
    // Header values are bytes: those of UTF-8, one character each.
    return `299 - "${Buffer.from(escaped).toString('latin1')}"`
  })
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters would split a header
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ')
}
