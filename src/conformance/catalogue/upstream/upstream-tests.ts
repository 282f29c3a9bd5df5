import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import { CatalogueError } from '../catalogue-error'

/** A test of Kubernetes itself, and what of ours asserts the same. */
export interface UpstreamTest {
  readonly name: string
  /** The path of its file in the repository of Kubernetes. */
  readonly source: string
  /** Whether it acts through the API, so that a scenario can do the same. */
  readonly isThroughApi: boolean
  /** Whether it is one of the tests that make a cluster conformant. */
  readonly isConformance: boolean
  /** The ids of the behaviours that it checks. */
  readonly behaviours: readonly string[]
  /** Feature file and title of the scenarios that assert the same: `placement/a.feature > Runs`. */
  readonly scenarios: readonly string[]
  /** Why there is no scenario, or no behaviour. */
  readonly because?: string
  readonly file: string
  readonly line: number
}

const folder = 'src/conformance/catalogue/upstream'
const fields = ['test', 'source', 'conformance', 'behaviours', 'scenarios', 'because']

/** @throws CatalogueError with every problem of the list, each with its line */
export function readUpstreamTests(root: string): readonly UpstreamTest[] {
  const file = `${folder}/upstream-tests.yaml`
  return parseUpstreamTests(readFileSync(join(root, file), 'utf8'), file)
}

/** @throws CatalogueError with every problem of the text, each with its line */
export function parseUpstreamTests(text: string, file: string): readonly UpstreamTest[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const problems: string[] = []
  const report = (offset: number, problem: string): void => {
    problems.push(`${file}:${lines.linePos(offset).line}: ${problem}`)
  }
  for (const { pos, message } of document.errors)
    report(pos[0], message.split(' at line ', 1)[0] ?? '')
  const tests = (['throughApi', 'onCode'] as const).flatMap((list) => {
    const items: unknown = document.get(list)
    if (!isSeq(items)) {
      report(0, `${list}: wanted a list of tests`)
      return []
    }
    return items.items.flatMap((item) => {
      const offset = (item as YAMLMap).range?.[0] ?? 0
      const complain = (problem: string): void => report(offset, problem)
      if (!isMap(item)) {
        complain(`${list}: wanted a test with its fields`)
        return []
      }
      const place = { file, line: lines.linePos(offset).line }
      return testOf(item, list === 'throughApi', place, complain)
    })
  })
  problems.push(...repetitionsIn(tests))
  if (problems.length > 0) throw new CatalogueError(problems)
  return tests
}

function testOf(
  item: YAMLMap,
  isThroughApi: boolean,
  place: Pick<UpstreamTest, 'file' | 'line'>,
  complain: (problem: string) => void,
): readonly UpstreamTest[] {
  const [name, source, because] = ['test', 'source', 'because'].map((field) => textAt(item, field))
  const what = name ?? 'a test'
  for (const { key } of item.items) {
    const field = isScalar(key) ? String(key.value) : ''
    if (!fields.includes(field)) complain(`${what}: unknown field ${field}`)
  }
  if (name === undefined) complain('test: wanted the name of the test')
  if (source === undefined) complain(`${what}: source: wanted the path of its file`)
  const behaviours = textsAt(item, 'behaviours')
  const scenarios = textsAt(item, 'scenarios')
  if (isThroughApi && scenarios.length > 0 === (because !== undefined)) {
    complain(`${what}: wanted scenarios, or "because" that says why there is none`)
  }
  if (behaviours.length === 0 && because === undefined) {
    complain(`${what}: wanted behaviours, or "because" that says why there is none`)
  }
  if (name === undefined || source === undefined) return []
  const isConformance = item.get('conformance') === true
  const reason = because === undefined ? {} : { because }
  return [{ name, source, isThroughApi, isConformance, behaviours, scenarios, ...reason, ...place }]
}

function repetitionsIn(tests: readonly UpstreamTest[]): readonly string[] {
  const first = new Map<string, number>()
  return tests.flatMap(({ name, source, file, line }) => {
    const key = `${source} ${name}`
    const before = first.get(key)
    first.set(key, before ?? line)
    return before === undefined
      ? []
      : [`${file}:${line}: ${name} is there twice, first in line ${before}`]
  })
}

function textAt(map: YAMLMap, field: string): string | undefined {
  const value = map.get(field)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function textsAt(map: YAMLMap, field: string): readonly string[] {
  const value: unknown = map.get(field)
  if (!isSeq(value)) return []
  return value.items.flatMap((item) => (isScalar(item) ? String(item.value) : []))
}
