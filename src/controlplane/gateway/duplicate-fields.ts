/** How many repeated fields of one body are named. */
const reportLimit = 100

/**
 * The paths of fields that a JSON text gives twice, e.g. `metadata.name` or `spec.containers[0].image`.
 *
 * The text must be valid JSON: the reader of it keeps the last of equal keys and says nothing (API-138).
 */
export function duplicateFieldsIn(text: string): readonly string[] {
  if (!mayRepeat(text)) return []
  const scanner = new Scanner(text)
  scanner.scan()
  return scanner.found
}

/** Two equal keys are at least six characters and a comma apart. */
function mayRepeat(text: string): boolean {
  return text.length > 8 && text.includes('{')
}

interface Level {
  /** The keys seen so far; absent in a list. */
  readonly keys: Set<string> | undefined
  /** The present key, or the present index. */
  at: string
  index: number
}

/** Walks over the tokens of a JSON text without recursion, so that no depth can exhaust the stack. */
class Scanner {
  readonly found: string[] = []
  readonly #text: string
  readonly #levels: Level[] = []
  #expectsKey = false

  constructor(text: string) {
    this.#text = text
  }

  scan(): void {
    const text = this.#text
    for (let position = 0; position < text.length; position++) {
      switch (text[position]) {
        case '"':
          position = this.#string(position)
          break
        case '{':
          this.#levels.push({ keys: new Set(), at: '', index: 0 })
          this.#expectsKey = true
          break
        case '[':
          this.#levels.push({ keys: undefined, at: '[0]', index: 0 })
          this.#expectsKey = false
          break
        case '}':
        case ']':
          this.#levels.pop()
          this.#expectsKey = false
          break
        case ',':
          this.#next()
          break
      }
    }
  }

  #next(): void {
    const level = this.#levels.at(-1)
    if (level === undefined) return
    this.#expectsKey = level.keys !== undefined
    if (level.keys === undefined) level.at = `[${++level.index}]`
  }

  /** Returns the position of the closing quote. */
  #string(start: number): number {
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1
    }
    const level = this.#levels.at(-1)
    if (!this.#expectsKey || level?.keys === undefined) return end
    this.#expectsKey = false
    const raw = this.#text.slice(start, end + 1)
    const key = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1)
    level.at = key
    if (level.keys.has(key) && this.found.length < reportLimit) this.found.push(this.#path())
    level.keys.add(key)
    return end
  }

  #path(): string {
    return this.#levels.reduce(
      (path, { keys, at }) => (keys === undefined || path === '' ? path + at : `${path}.${at}`),
      '',
    )
  }
}
