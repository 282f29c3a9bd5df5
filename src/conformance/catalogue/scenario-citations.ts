import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import type { GherkinDocument, Pickle, Tag } from '@cucumber/messages'
import { levels, needs } from './behaviour'
import type { Citation, CitationScan } from './citation'

const behaviourTag = /^@([A-Z][A-Z0-9]*-\d+)$/
/** Tags that say something else: level, version, cost, upstream test, issue, what a cluster needs. */
const otherTag = new RegExp(
  `^@(?:${[...levels, ...needs, 'slow'].join('|')}|since-1\\.\\d{2}|issue-\\d+|(?:DaemonSet|ControllerRevision)-[A-Za-z-]+)$`,
)

/** Finds the behaviours that the scenarios below `features/` cite by tag. */
export function scenarioCitations(root: string): CitationScan {
  const scans = featureFiles(root).map((file) =>
    citationsInFeature(readFileSync(join(root, file), 'utf8'), file),
  )
  return {
    citations: scans.flatMap(({ citations }) => citations),
    problems: scans.flatMap(({ problems }) => problems),
  }
}

/** How many scenarios the features below `features/` hold, outline rows counted singly. */
export function scenarioCount(root: string): number {
  return featureFiles(root)
    .map((file) => picklesOf(readFileSync(join(root, file), 'utf8'), file).length)
    .reduce((sum, count) => sum + count, 0)
}

/** A feature that cannot be parsed has none; whoever runs it is told why. */
function picklesOf(text: string, file: string): readonly Pickle[] {
  let ids = 0
  const newId = (): string => String(ids++)
  try {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
    return compile(parser.parse(text), file, newId)
  } catch {
    return []
  }
}

/** The paths of all features, from the package's folder on. */
export function featureFiles(root: string): readonly string[] {
  if (!existsSync(join(root, 'features'))) return []
  return readdirSync(join(root, 'features'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.feature'))
    .map((path) => join('features', path).replaceAll('\\', '/'))
    .sort()
}

/** Finds the behaviours that the scenarios of one feature cite, and tags that say nothing known. */
export function citationsInFeature(text: string, file: string): CitationScan {
  let ids = 0
  const newId = (): string => String(ids++)
  let document: GherkinDocument
  try {
    document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text)
  } catch (error) {
    return { citations: [], problems: [parseProblem(error, file)] }
  }
  const tags = tagsOf(document)
  const lineOfTag = new Map(tags.map(({ id, location }) => [id, location.line]))
  const pickles = compile(document, file, newId)
  return {
    citations: pickles.flatMap((pickle) => citationsOf(pickle, file, lineOfTag)),
    problems: [
      ...tags
        .filter(({ name }) => !behaviourTag.test(name) && !otherTag.test(name))
        .map(({ name, location }) => `${file}:${location.line}: unknown tag ${name}`),
      ...pickles.filter(isSilent).map(({ name, location }) => {
        return `${file}:${location?.line ?? 1}: the scenario "${name}" cites no behaviour`
      }),
    ],
  }
}

function citationsOf(
  pickle: Pickle,
  file: string,
  lineOfTag: ReadonlyMap<string, number>,
): readonly Citation[] {
  return pickle.tags.flatMap(({ name, astNodeId }) => {
    const id = behaviourTag.exec(name)?.[1]
    if (id === undefined) return []
    return [{ id, file, line: lineOfTag.get(astNodeId) ?? 1, by: pickle.name }]
  })
}

function isSilent({ tags }: Pickle): boolean {
  return !tags.some(({ name }) => behaviourTag.test(name))
}

/** Every tag as it is written, wherever it stands. */
function tagsOf({ feature }: GherkinDocument): readonly Tag[] {
  const rules = (feature?.children ?? []).flatMap(({ rule }) => rule ?? [])
  const children = [...(feature?.children ?? []), ...rules.flatMap(({ children }) => children)]
  const scenarios = children.flatMap(({ scenario }) => scenario ?? [])
  return [
    ...(feature?.tags ?? []),
    ...rules.flatMap(({ tags }) => tags),
    ...scenarios.flatMap(({ tags, examples }) => [
      ...tags,
      ...examples.flatMap(({ tags }) => tags),
    ]),
  ]
}

/** Gherkin says `(3:5): ...`, or lists several of those. */
function parseProblem(error: unknown, file: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, line = '1', problem = message] = /\((\d+):\d+\): ([^\n]*)/.exec(message) ?? []
  return `${file}:${line}: ${problem}`
}
