import { readFileSync, statSync } from 'node:fs'
import type { CST, Document, Node, ScalarTag, Tags } from 'yaml'
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser, visit } from 'yaml'
import type { Draft } from '../kubernetes/types'

/** An object as a manifest states it: what it is, and whatever else was written. */
export interface Manifest extends Draft {
  readonly apiVersion: string
  readonly kind: string
}

/** One object of a manifest file, with where it starts. */
export interface ManifestDocument {
  readonly object: Manifest
  readonly file: string
  readonly line: number
}

interface Position {
  readonly line: number
  readonly column: number
}

/** A manifest that cannot be used: the message says where, what was wanted and what was found. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly file: string
  /** Counted from 1; absent when the file as a whole is at fault. */
  readonly line: number | undefined
  readonly column: number | undefined
  readonly wanted: string
  readonly found: string

  constructor(
    file: string,
    problem: {
      readonly wanted: string
      readonly found: string
      readonly position?: Position | undefined
      readonly cause?: unknown
    },
  ) {
    const { wanted, found, position, cause } = problem
    const place = position === undefined ? file : `${file}:${position.line}:${position.column}`
    super(`${place}: wanted ${wanted}, found ${found}`, cause === undefined ? undefined : { cause })
    this.file = file
    this.line = position?.line
    this.column = position?.column
    this.wanted = wanted
    this.found = found
  }
}

/** The largest file that is read; an API server takes no single object above 3 MiB. */
const maxFileBytes = 8 * 1024 * 1024
/** How deep collections may be nested; an affinity in a list of pod templates is at about 15. */
const maxDepth = 64
/** How many nodes may be made by repeating anchored ones. */
const maxAliasCount = 1000

/**
 * Reads the one object of a manifest file.
 *
 * @throws ManifestError when the file cannot be read, holds no object or several, or another kind than wanted
 */
export function readManifest(path: string, options: { readonly kind?: string } = {}): Manifest {
  const documents = readManifests(path, options)
  const [document, second] = documents
  const wanted = options.kind === undefined ? 'one object' : `one ${options.kind}`
  if (document === undefined) throw new ManifestError(path, { wanted, found: 'none' })
  if (second !== undefined) {
    throw new ManifestError(path, {
      wanted,
      found: `${documents.length} objects, the second a ${second.object.kind}`,
      position: { line: second.line, column: 1 },
    })
  }
  return document.object
}

/**
 * Reads all objects of a manifest file, in their order.
 *
 * @throws ManifestError when the file cannot be read or holds no object, or one of another kind than wanted
 */
export function readManifests(
  path: string,
  { kind }: { readonly kind?: string } = {},
): readonly ManifestDocument[] {
  const documents = parse(textOf(path), path, kind)
  if (documents.length === 0) {
    const wanted = kind === undefined ? 'a Kubernetes object' : `a ${kind}`
    throw new ManifestError(path, { wanted, found: 'an empty file' })
  }
  return documents
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path)
    if (size > maxFileBytes) {
      throw new ManifestError(path, {
        wanted: `a file of at most ${maxFileBytes} bytes`,
        found: `${size} bytes`,
      })
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof ManifestError) throw error
    const found = error instanceof Error ? error.message : String(error)
    throw new ManifestError(path, { wanted: 'a readable file', found, cause: error })
  }
}

/**
 * The objects of a YAML text, which may be several documents, lists (`kind: List`) or JSON; documents with
 * nothing but comments are left out.
 *
 * Reads what `kubectl` reads: `yes`, `no`, `on` and `off` are booleans, `0644` is octal, `<<` merges.
 *
 * @throws ManifestError with the position of the first problem
 */
export function parseManifests(text: string, fileName: string): readonly ManifestDocument[] {
  return parse(text, fileName, undefined)
}

function parse(text: string, file: string, kind: string | undefined): readonly ManifestDocument[] {
  const source = new Source(text, file, kind)
  return source.documents().flatMap((document) => source.objectsOf(document))
}

/** One text while it is read: knows where in the text everything is. */
class Source {
  readonly #text: string
  readonly #file: string
  readonly #kind: string | undefined
  readonly #lines = new LineCounter()

  constructor(text: string, file: string, kind: string | undefined) {
    this.#text = text
    this.#file = file
    this.#kind = kind
  }

  documents(): readonly Document.Parsed[] {
    const tokens = [...new Parser(this.#lines.addNewLine).parse(this.#text)]
    for (const token of tokens) this.#checkDepth(token)
    const documents: Document.Parsed[] = []
    for (const document of new Composer(yamlOptions).compose(tokens)) {
      const [error] = document.errors
      if (error) throw this.#error(error.pos[0], 'valid YAML', error.message, error)
      if (hasContent(document)) documents.push(document as Document.Parsed)
    }
    return documents
  }

  objectsOf(document: Document.Parsed): readonly ManifestDocument[] {
    const root: Node | null = document.contents
    const value = this.#valueOf(document)
    if (!isMap(root) || !isObject(value)) {
      throw this.#error(offsetOf(root), 'a Kubernetes object', describe(value))
    }
    if (value['kind'] !== 'List') return [this.#objectOf(root, value)]
    const items = root.get('items', true)
    const values = value['items']
    if (!isSeq(items) || !Array.isArray(values)) {
      throw this.#error(offsetOf(root), 'a List with items', `${describe(values)} as items`)
    }
    return values.map((item: unknown, index) => {
      const node = items.items[index]
      if (isObject(item)) return this.#objectOf(node, item)
      throw this.#error(offsetOf(node), 'a Kubernetes object', describe(item))
    })
  }

  #objectOf(node: unknown, value: Record<string, unknown>): ManifestDocument {
    for (const field of ['apiVersion', 'kind']) {
      const found = value[field]
      if (typeof found === 'string' && found !== '') continue
      const missing = found === undefined || found === null || found === ''
      throw this.#error(
        fieldOffset(node, field),
        `an object with ${field}`,
        missing ? `no ${field}` : `${field} ${JSON.stringify(found)}`,
      )
    }
    const object = value as unknown as Manifest
    if (this.#kind !== undefined && object.kind !== this.#kind) {
      throw this.#error(fieldOffset(node, 'kind'), `kind ${this.#kind}`, `kind ${object.kind}`)
    }
    return { object, file: this.#file, line: this.#positionOf(offsetOf(node)).line }
  }

  /** Plain JSON, or an error at the node that is none: an odd key, `.inf`, too many aliases. */
  #valueOf(document: Document.Parsed): unknown {
    visit(document, {
      Pair: (_, { key }) => {
        if (isScalar(key) || isAlias(key)) return
        throw this.#error(offsetOf(key), 'a text as key', 'a collection')
      },
      Alias: (_, node, path) => {
        const target = node.resolve(document)
        if (target === undefined || !path.includes(target)) return
        throw this.#error(offsetOf(node), 'a finite document', 'an alias into itself')
      },
      Scalar: (_, node) => {
        if (typeof node.value !== 'number' || Number.isFinite(node.value)) return
        throw this.#error(offsetOf(node), 'a number that JSON can hold', String(node.source))
      },
    })
    try {
      return document.toJS({ maxAliasCount })
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      throw this.#error(offsetOf(document.contents), 'few aliases', found, error)
    }
  }

  /** Before anything walks the tree by recursion, which a deep one would overflow. */
  #checkDepth(root: CST.Token): void {
    const open: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { token, depth } = next
      if (depth > maxDepth) {
        throw this.#error(token.offset, `at most ${maxDepth} levels of nesting`, 'more')
      }
      for (const child of childrenOf(token)) open.push({ token: child, depth: depth + 1 })
    }
  }

  #error(offset: number, wanted: string, found: string, cause?: unknown): ManifestError {
    return new ManifestError(this.#file, {
      wanted,
      found,
      position: this.#positionOf(offset),
      cause,
    })
  }

  #positionOf(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}

/** What kubectl's parser keeps of YAML 1.1. */
const olderScalars: readonly ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:yes|on)$/i.test(text),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?0[0-7]+$/,
    resolve: (text) => Number.parseInt(text, 8),
  },
]

const yamlOptions = {
  merge: true,
  prettyErrors: false,
  uniqueKeys: true,
  // The first tag whose test fits wins, so the older forms go before those of YAML 1.2.
  customTags: (tags: Tags): Tags => [...olderScalars, ...tags],
}

function hasContent({ contents }: Document): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null)
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value]
  if (!('items' in token)) return []
  return token.items.flatMap(({ key, value }) => [key, value].filter((one) => one != null))
}

function offsetOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0
}

/** Where the value of the field is, or, when it is missing, the object. */
function fieldOffset(node: unknown, field: string): number {
  const value = isMap(node) ? node.get(field, true) : undefined
  return value === undefined ? offsetOf(node) : offsetOf(value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value === undefined || value === null) return 'nothing'
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
}
