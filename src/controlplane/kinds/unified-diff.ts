/** How many unchanged lines are shown around a change. */
const contextLines = 3

interface Line {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
}

/** What differs between two values, as a unified diff of their indented JSON. */
export function unifiedDiff(previous: unknown, next: unknown): string {
  const lines = diffOf(linesOf(previous), linesOf(next))
  return hunksOf(lines)
    .map(([from, to]) => hunkText(lines, from, to))
    .join('')
}

function linesOf(value: unknown): readonly string[] {
  return (JSON.stringify(value, sorted, 1) ?? 'null').split('\n')
}

/** Objects with their members in order, so that only what was changed differs. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The shortest way from one list of lines to the other, by longest common subsequence. */
function diffOf(a: readonly string[], b: readonly string[]): readonly Line[] {
  const lengths = commonLengths(a, b)
  const at = (i: number, j: number): number => lengths[i * (b.length + 1) + j] ?? 0
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [left = '', right = ''] = [a[i], b[j]]
    if (i < a.length && j < b.length && left === right) {
      lines.push({ mark: ' ', text: left })
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: left })
      i++
    } else {
      lines.push({ mark: '+', text: right })
      j++
    }
  }
  return lines
}

/** For each pair of positions, how many lines the two rests have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
    }
  }
  return lengths
}

/** Where the changes are, each with its context; changes near each other share a hunk. */
function hunksOf(lines: readonly Line[]): readonly (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = []
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue
    const from = Math.max(0, index - contextLines)
    const to = Math.min(lines.length, index + contextLines + 1)
    const last = hunks.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else hunks.push([from, to])
  }
  return hunks
}

function hunkText(lines: readonly Line[], from: number, to: number): string {
  const range = (other: '-' | '+'): string => {
    const before = lines.slice(0, from).filter(({ mark }) => mark !== other).length
    const count = lines.slice(from, to).filter(({ mark }) => mark !== other).length
    if (count === 1) return `${before + 1}`
    return `${count === 0 ? before : before + 1},${count}`
  }
  const body = lines.slice(from, to).map(({ mark, text }) => `${mark}${text}\n`)
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`
}
