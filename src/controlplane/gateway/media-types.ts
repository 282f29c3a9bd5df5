import { StatusError } from '../../kubernetes/status-error'

/** How answers are written. */
export type Format = 'json' | 'yaml'

/** How bodies of requests are written; typed clients that write protobuf read JSON as well (API-104, API-105). */
export type BodyFormat = Format | 'protobuf'

/** In what form a client wants the objects. */
type Shape =
  | { readonly type: 'object' }
  | { readonly type: 'table'; readonly version: string }
  | { readonly type: 'partial'; readonly version: string }

/** What came out of an `Accept` header. */
export interface Accepted {
  readonly format: Format
  readonly shape: Shape
}

/** One entry of an `Accept` or `Content-Type` header. */
interface MediaType {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

const formats: ReadonlyMap<string, Format> = new Map([
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
])

/** What is said to be served, and what is said to be read. */
const servedTypes = 'application/json, application/yaml'
const readTypes = `${servedTypes}, application/vnd.kubernetes.protobuf`

/** How many entries of one header are looked at. */
const entryLimit = 64

/** Splits a header into its entries, best first (API-101). */
function mediaTypesIn(header: string): readonly MediaType[] {
  return header
    .split(',', entryLimit)
    .map(mediaTypeOf)
    .filter(({ type }) => type !== '')
    .map((mediaType, index) => ({ mediaType, index, quality: qualityOf(mediaType) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index)
    .map(({ mediaType }) => mediaType)
}

/** The names of the types that a header takes, best first, for those to whom parameters mean nothing. */
export function mediaTypesOf(header: string): readonly string[] {
  return mediaTypesIn(header).map(({ type }) => type)
}

/** Parses one media type with its parameters. */
function mediaTypeOf(text: string): MediaType {
  const [type = '', ...rest] = text.split(';')
  const parameters = new Map<string, string>()
  for (const parameter of rest) {
    const at = parameter.indexOf('=')
    if (at < 0) continue
    const value = parameter.slice(at + 1).trim()
    parameters.set(parameter.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  }
  return { type: type.trim().toLowerCase(), parameters }
}

function qualityOf({ parameters }: MediaType): number {
  const quality = Number(parameters.get('q') ?? '1')
  return Number.isNaN(quality) ? 0 : quality
}

const remembered = new Map<string, Accepted>()
/** Clients use a handful of headers; others may not fill the memory. */
const rememberedLimit = 64

/**
 * The first form that can be served of those that a client takes.
 *
 * @throws StatusError `NotAcceptable` (API-102)
 */
export function acceptedBy(header: string | undefined): Accepted {
  const text = header ?? ''
  const known = remembered.get(text)
  if (known !== undefined) return known
  const found = negotiated(text)
  if (remembered.size < rememberedLimit) remembered.set(text, found)
  return found
}

function negotiated(header: string): Accepted {
  if (header.trim() === '') return { format: 'json', shape: { type: 'object' } }
  let isKnownFormat = false
  for (const mediaType of mediaTypesIn(header)) {
    const format = formats.get(mediaType.type)
    const shape = shapeOf(mediaType)
    if (format !== undefined && shape !== undefined) return { format, shape }
    isKnownFormat ||= format !== undefined
  }
  if (!isKnownFormat) throw notAcceptable()
  // The format would do, but not the shape that it is asked in.
  throw new StatusError(
    'NotAcceptable',
    `only the following media types are accepted: ${servedTypes}`,
  )
}

/** The format of a refusal: what the client takes, where it takes anything. */
export function formatOfRefusal(header: string | undefined): Format {
  const [first] = mediaTypesIn(header ?? '').flatMap(({ type }) => formats.get(type) ?? [])
  return first ?? 'json'
}

/** The refusal of a client that takes nothing that is served (API-102). */
function notAcceptable(): StatusError {
  return new StatusError(
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${servedTypes}`,
  )
}

function shapeOf({ parameters }: MediaType): Shape | undefined {
  const as = parameters.get('as')
  if (as === undefined) return { type: 'object' }
  const version = parameters.get('v') ?? ''
  if (parameters.get('g') !== 'meta.k8s.io') return undefined
  if (version !== 'v1' && version !== 'v1beta1') return undefined
  if (as === 'Table') return { type: 'table', version }
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { type: 'partial', version }
  }
  return undefined
}

/** Which form of discovery a client prefers (DISC-15, DISC-20). */
export function acceptsAggregatedDiscovery(header: string | undefined): boolean {
  const text = header ?? ''
  if (text.trim() === '') return false
  for (const { type, parameters } of mediaTypesIn(text)) {
    if (!formats.has(type)) continue
    if (parameters.get('as') === undefined) return false
    const isList = parameters.get('as') === 'APIGroupDiscoveryList'
    const isKnown = parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('v') === 'v2'
    if (isList && isKnown) return true
  }
  throw notAcceptable()
}

/**
 * How a body is to be read.
 *
 * @throws StatusError `UnsupportedMediaType` (API-103)
 */
export function formatOfBody(contentType: string | undefined): BodyFormat {
  const { type } = mediaTypeOf(contentType ?? '')
  if (type === '' || type === 'application/json') return 'json'
  if (type === 'application/yaml') return 'yaml'
  if (type === 'application/vnd.kubernetes.protobuf') return 'protobuf'
  throw new StatusError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${readTypes}`,
  )
}

/** The sorts of patches by their media type (API-154). */
const patchTypes: ReadonlyMap<string, 'json' | 'merge' | 'strategic' | 'apply'> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
])

/**
 * What sort of patch a body is.
 *
 * @throws StatusError `UnsupportedMediaType` (API-154)
 */
export function patchTypeOf(
  contentType: string | undefined,
): 'json' | 'merge' | 'strategic' | 'apply' {
  const type = patchTypes.get(mediaTypeOf(contentType ?? '').type)
  if (type === undefined) {
    throw new StatusError('UnsupportedMediaType', '415: Unsupported Media Type')
  }
  return type
}
