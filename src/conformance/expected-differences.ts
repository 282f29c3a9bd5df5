import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument } from 'yaml'
import { flakyProblem, rateOf } from './known-flaky'
import { minorOf } from './kubernetes-version'
import type { ScenarioVerdict } from './verdict'

/** A difference that somebody knows of, owns, and has promised to look at again. */
export interface ExpectedDifference {
  /** Scenario id; `*` stands for anything, but an entry may cover at most `maxCovered` scenarios. */
  readonly scenario: string
  /** Targets it holds for, as on the command line; absent: all. */
  readonly target?: string
  /** Range of the reference's version, e.g. `>=1.21 <1.31`; absent: all. */
  readonly versions?: string
  /** `known-flaky`: it passes at times; the default is a difference that is always there. */
  readonly class?: 'difference' | 'known-flaky'
  /** Of a flaky one: failures among attempts as measured, e.g. `3/20`. */
  readonly rate?: string
  /** The reason of the verdict, word for word: another difference in the same scenario is not expected. */
  readonly message: string
  readonly reason: string
  readonly owner: string
  readonly issue?: string
  /** Last day on which the entry holds, `YYYY-MM-DD`. */
  readonly expires: string
  /** Line of the entry in its file. */
  readonly line: number
}

/** The most scenarios one entry may cover; more would hide what nobody looked at. */
export const maxCovered = 20

/** A file of expected differences that cannot be used; names file, line, what was wanted and what was found. */
export class ExpectedDifferencesError extends Error {
  override readonly name = 'ExpectedDifferencesError'
}

/** What a list of expected differences says about a run. */
export interface Expectations {
  /** The entry that explains a scenario's difference, by scenario id. */
  readonly explained: ReadonlyMap<string, ExpectedDifference>
  /** Entries that no longer hold, one line each; any of them fails the gate. */
  readonly violations: readonly string[]
}

export const noExpectations: Expectations = { explained: new Map(), violations: [] }

/**
 * Holds verdicts against the list.
 *
 * An entry fails the run when its difference is gone, has another message, was not verified, or when the entry
 * has expired or covers too much.
 */
export function expectationsOf(
  entries: readonly ExpectedDifference[],
  verdicts: readonly ScenarioVerdict[],
  run: {
    readonly target: string
    readonly referenceVersion: string
    readonly today: string
    /** Whether only a part of the scenarios was to be run: entries for others do not apply then. */
    readonly partial?: boolean
  },
): Expectations {
  const explained = new Map<string, ExpectedDifference>()
  const violations: string[] = []
  for (const entry of entries.filter((each) => applies(each, run))) {
    const covered = verdicts.filter(({ scenario }) => covers(entry, scenario.id))
    if (covered.length === 0 && run.partial === true) continue
    const problem = problemOf(entry, covered, run.today)
    if (problem !== undefined) {
      violations.push(`expected difference in line ${entry.line} (${entry.scenario}): ${problem}`)
      continue
    }
    for (const { scenario } of covered) explained.set(scenario.id, entry)
  }
  return { explained, violations }
}

function problemOf(
  entry: ExpectedDifference,
  covered: readonly ScenarioVerdict[],
  today: string,
): string | undefined {
  if (entry.expires < today) return `expired on ${entry.expires}`
  if (covered.length === 0) return 'no such scenario was run'
  if (covered.length > maxCovered) {
    return `covers ${covered.length} scenarios, at most ${maxCovered} are allowed`
  }
  for (const each of covered) {
    const problem =
      entry.class === 'known-flaky' ? flakyProblem(entry, each) : steadyProblem(entry, each)
    if (problem !== undefined) return problem
  }
  return undefined
}

function steadyProblem(
  entry: ExpectedDifference,
  { scenario, verdict, reason = '' }: ScenarioVerdict,
): string | undefined {
  if (verdict === 'agree') return `the difference is gone in ${scenario.id}: remove the entry`
  if (verdict === 'not-verified') return `${scenario.id} was not verified: ${reason}`
  if (reason !== entry.message) return `another message in ${scenario.id}: ${reason}`
  return undefined
}

function applies(
  { target, versions }: ExpectedDifference,
  run: { readonly target: string; readonly referenceVersion: string },
): boolean {
  return (
    (target === undefined || target === run.target) &&
    (versions === undefined || isInRange(run.referenceVersion, versions))
  )
}

function covers({ scenario }: ExpectedDifference, id: string): boolean {
  const pattern = scenario
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${pattern}$`, 's').test(id)
}

const bound = /^(>=|>|<=|<)1\.(\d+)$/

function isInRange(version: string, range: string): boolean {
  const minor = minorOf(version)
  if (minor === undefined) return false
  return range.split(/\s+/).every((part) => {
    const [, operator = '', number = ''] = bound.exec(part) ?? []
    const limit = Number(number)
    return { '>=': minor >= limit, '>': minor > limit, '<=': minor <= limit, '<': minor < limit }[
      operator
    ]
  })
}

/**
 * Reads a list; a file that does not exist is an empty one.
 *
 * @throws ExpectedDifferencesError
 */
export function readExpectedDifferences(path: string): readonly ExpectedDifference[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new ExpectedDifferencesError(`${path}: cannot be read`, { cause })
  }
  return parseExpectedDifferences(text, path)
}

/** @throws ExpectedDifferencesError that names file, line and field. */
export function parseExpectedDifferences(
  text: string,
  path: string,
): readonly ExpectedDifference[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [error] = document.errors
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new ExpectedDifferencesError(`${path}:${line}:${col}: ${error.message.split('\n', 1)[0]}`)
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 })
  if (content === null) return []
  const list = (content as { readonly differences?: unknown }).differences
  if (!Array.isArray(list))
    throw new ExpectedDifferencesError(`${path}:1: wanted a list "differences"`)
  return list.map((entry: unknown, index) => {
    const node = document.getIn(['differences', index], true) as { range?: [number, ...unknown[]] }
    const line = lines.linePos(node.range?.[0] ?? 0).line
    return checked(entry, line, `${path}:${line}`)
  })
}

const required = ['scenario', 'message', 'reason', 'owner', 'expires'] as const
const optional = ['target', 'versions', 'issue', 'class', 'rate'] as const

function checked(entry: unknown, line: number, place: string): ExpectedDifference {
  const fields = (entry ?? {}) as { readonly [field: string]: unknown }
  for (const field of required) {
    if (typeof fields[field] !== 'string' || fields[field] === '') {
      throw new ExpectedDifferencesError(
        `${place}: ${field}: wanted text, found ${JSON.stringify(fields[field]) ?? 'nothing'}`,
      )
    }
  }
  const known: readonly string[] = [...required, ...optional]
  for (const [field, value] of Object.entries(fields)) {
    if (!known.includes(field))
      throw new ExpectedDifferencesError(`${place}: unknown field ${field}`)
    if (typeof value !== 'string') {
      throw new ExpectedDifferencesError(
        `${place}: ${field}: wanted text, found ${JSON.stringify(value)}`,
      )
    }
  }
  const found = { ...(fields as unknown as Omit<ExpectedDifference, 'line'>), line }
  for (const [field, isGood, wanted] of formsOf(found)) {
    if (isGood) continue
    const value = (fields[field] as string | undefined) ?? 'nothing'
    throw new ExpectedDifferencesError(`${place}: ${field}: wanted ${wanted}, found ${value}`)
  }
  return found
}

/** What the texts of an entry must look like. */
function formsOf({
  class: kind = 'difference',
  rate,
  expires,
  versions,
}: ExpectedDifference): readonly (readonly [string, boolean, string])[] {
  const isFlaky = kind === 'known-flaky'
  const isRate = rate !== undefined && rateOf(rate) !== undefined
  return [
    ['expires', /^\d{4}-\d{2}-\d{2}$/.test(expires), 'YYYY-MM-DD'],
    [
      'versions',
      versions === undefined || versions.split(/\s+/).every((part) => bound.test(part)),
      'bounds such as ">=1.21 <1.31"',
    ],
    ['class', isFlaky || kind === 'difference', 'difference or known-flaky'],
    [
      'rate',
      isFlaky ? isRate : rate === undefined,
      'failures among attempts such as "3/20" with known-flaky, and none without',
    ],
  ]
}
