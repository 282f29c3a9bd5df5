import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import {
  type Behaviour,
  type BehaviourGroup,
  levels,
  maxTitleLength,
  type Need,
  needs,
  proofs,
} from './behaviour'
import { CatalogueError } from './catalogue-error'

const fieldsOfGroup = ['group', 'title', 'defaults', 'behaviours']
const fieldsOfDefaults = ['needs', 'proof', 'because']
const fieldsOfBehaviour = ['title', 'level', 'since', 'needs', 'proof', 'because', 'outOfScope']

type Entry = Pair<ParsedNode, ParsedNode | null>
/** The named members of a map, each with where it stands. */
type Members = ReadonlyMap<string, Entry>
/** What a whole file says once for all its behaviours. */
type Defaults = Pick<Behaviour, 'needs' | 'proof' | 'because'>

/**
 * Reads one file of the catalogue.
 *
 * @throws CatalogueError with every problem of the file, each with its line
 */
export function parseGroup(text: string, file: string): BehaviourGroup {
  return new GroupParser(text, file).group()
}

/** One file while it is read: knows where everything is, and collects what is wrong. */
class GroupParser {
  readonly #text: string
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #problems: string[] = []

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  group(): BehaviourGroup {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, uniqueKeys: false })
    for (const { pos, message } of document.errors) {
      this.#report(pos[0], message.split(' at line ', 1)[0] ?? '')
    }
    this.#throwIfWrong()
    const root = this.#map(document.contents, 0, 'the file')
    const members = this.#members(root, fieldsOfGroup, 'the file')
    const name = this.#textAt(members, 'group', 0) ?? ''
    if (name !== '' && !/^[A-Z][A-Z0-9]*$/.test(name)) {
      this.#report(offsetOf(members.get('group')), `group: wanted capitals, found ${name}`)
    }
    const title = this.#textAt(members, 'title', 0) ?? ''
    const defaults = this.#defaults(members.get('defaults'))
    const behaviours = this.#behaviours(members.get('behaviours'), name, defaults)
    this.#throwIfWrong()
    return { name, title, behaviours, file: this.#file }
  }

  #defaults(entry: Entry | undefined): Defaults {
    if (entry === undefined) return { needs: [], proof: 'scenario' }
    const offset = offsetOf(entry)
    const members = this.#members(this.#map(entry.value, offset, 'defaults'), fieldsOfDefaults, '')
    return this.#proof(members, { needs: [], proof: 'scenario' }, 'defaults', offset)
  }

  #behaviours(entry: Entry | undefined, group: string, defaults: Defaults): readonly Behaviour[] {
    const offset = offsetOf(entry)
    const map = this.#map(entry?.value, offset, 'behaviours')
    if (map?.items.length === 0) this.#report(offset, 'behaviours: wanted at least one')
    const lines = new Map<string, number>()
    return (map?.items ?? []).flatMap((item) => {
      const id = textOf(item.key) ?? ''
      const line = this.#lineOf(offsetOf(item))
      const first = lines.get(id)
      lines.set(id, first ?? line)
      if (!new RegExp(`^${group}-\\d{2,3}$`).test(id)) {
        this.#report(offsetOf(item), `wanted an id such as ${group}-01, found ${id}`)
      } else if (first !== undefined) {
        this.#report(offsetOf(item), `${id} is there twice, first in line ${first}`)
      }
      return this.#behaviour(item, { id, group, line, defaults })
    })
  }

  #behaviour(
    item: Entry,
    known: { id: string; group: string; line: number; defaults: Defaults },
  ): readonly Behaviour[] {
    const { id, group, line, defaults } = known
    const offset = offsetOf(item)
    const map = this.#map(item.value, offset, id)
    if (map === undefined) return []
    const members = this.#members(map, fieldsOfBehaviour, id)
    const title = this.#title(members, id, offset)
    const level = this.#oneOf(members, 'level', levels, { id, offset })
    const since = this.#since(members.get('since'), id)
    const outOfScope = members.has('outOfScope')
      ? this.#textAt(members, 'outOfScope', offset, id)
      : undefined
    const proof = this.#proof(members, defaults, id, offset)
    if (level === 'core' && proof.proof === 'test') {
      this.#report(offset, `${id}: a core behaviour is proven by a scenario, never by a test only`)
    }
    if (title === undefined || level === undefined) return []
    return [
      {
        id,
        group,
        title,
        level,
        ...(since === undefined ? {} : { since }),
        ...proof,
        ...(outOfScope === undefined ? {} : { outOfScope }),
        file: this.#file,
        line,
      },
    ]
  }

  #title(members: Members, id: string, offset: number): string | undefined {
    const title = this.#textAt(members, 'title', offset, id)
    if (title === undefined) return undefined
    if (title.length > maxTitleLength || title.includes('\n')) {
      const found = `${title.length} characters${title.includes('\n') ? ' on several lines' : ''}`
      this.#report(
        offsetOf(members.get('title')),
        `${id}: title: wanted one line of at most ${maxTitleLength} characters, found ${found}`,
      )
    }
    return title
  }

  /** The minor in `'1.31'`; without quotes YAML would read 1.30 as 1.3. */
  #since(entry: Entry | undefined, id: string): number | undefined {
    if (entry === undefined) return undefined
    const minor = /^1\.(\d{1,2})$/.exec(textOf(entry.value) ?? '')?.[1]
    if (minor === undefined) {
      this.#report(offsetOf(entry), `${id}: since: wanted a quoted version such as '1.31'`)
      return undefined
    }
    return Number(minor)
  }

  #proof(members: Members, defaults: Defaults, id: string, offset: number): Defaults {
    const wanted = this.#needs(members.get('needs'), id) ?? defaults.needs
    const proof = members.has('proof')
      ? (this.#oneOf(members, 'proof', proofs, { id, offset }) ?? defaults.proof)
      : defaults.proof
    if (proof === 'scenario') {
      if (members.has('because')) {
        this.#report(offsetOf(members.get('because')), `${id}: because: only with proof: test`)
      }
      return { needs: wanted, proof }
    }
    const because =
      members.has('because') || defaults.because === undefined
        ? this.#textAt(members, 'because', offset, id)
        : defaults.because
    return { needs: wanted, proof, ...(because === undefined ? {} : { because }) }
  }

  #needs(entry: Entry | undefined, id: string): readonly Need[] | undefined {
    if (entry === undefined) return undefined
    if (!isSeq(entry.value)) {
      this.#report(offsetOf(entry), `${id}: needs: wanted a list`)
      return undefined
    }
    return entry.value.items.flatMap((item) => {
      const need = needs.find((each) => each === textOf(item))
      if (need !== undefined) return [need]
      this.#report(offsetOf(entry), `${id}: needs: ${wantedOneOf(needs, textOf(item))}`)
      return []
    })
  }

  #oneOf<T extends string>(
    members: Members,
    field: string,
    known: readonly T[],
    { id, offset }: { readonly id: string; readonly offset: number },
  ): T | undefined {
    const text = this.#textAt(members, field, offset, id)
    if (text === undefined) return undefined
    const found = known.find((each) => each === text)
    if (found === undefined) {
      this.#report(offsetOf(members.get(field)), `${id}: ${field}: ${wantedOneOf(known, text)}`)
    }
    return found
  }

  #textAt(members: Members, field: string, offset: number, id?: string): string | undefined {
    const entry = members.get(field)
    const text = textOf(entry?.value)
    if (text !== undefined && text.trim() !== '') return text
    const where = id === undefined ? field : `${id}: ${field}`
    const found = entry === undefined ? 'nothing' : JSON.stringify(entry.value ?? null)
    this.#report(
      entry === undefined ? offset : offsetOf(entry),
      `${where}: wanted text, found ${found}`,
    )
    return undefined
  }

  #map(
    node: ParsedNode | null | undefined,
    offset: number,
    what: string,
  ): YAMLMap<ParsedNode, ParsedNode | null> | undefined {
    if (isMap<ParsedNode, ParsedNode | null>(node)) return node
    this.#report(node?.range[0] ?? offset, `${what}: wanted named values`)
    return undefined
  }

  #members(
    map: YAMLMap<ParsedNode, ParsedNode | null> | undefined,
    known: readonly string[],
    what: string,
  ): Members {
    const members = new Map<string, Entry>()
    for (const item of map?.items ?? []) {
      const name = textOf(item.key) ?? ''
      const place = what === '' ? '' : `${what}: `
      if (!known.includes(name)) this.#report(offsetOf(item), `${place}unknown field ${name}`)
      if (members.has(name)) this.#report(offsetOf(item), `${place}${name} is there twice`)
      members.set(name, item)
    }
    return members
  }

  #lineOf(offset: number): number {
    return this.#lines.linePos(offset).line
  }

  #report(offset: number, problem: string): void {
    this.#problems.push(`${this.#file}:${this.#lineOf(offset)}: ${problem}`)
  }

  #throwIfWrong(): void {
    if (this.#problems.length > 0) throw new CatalogueError(this.#problems)
  }
}

function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
}

function offsetOf(entry: Entry | undefined): number {
  return entry?.key.range[0] ?? 0
}

function wantedOneOf(known: readonly string[], found: string | undefined): string {
  return `wanted one of ${known.join(', ')}, found ${found ?? 'no text'}`
}
