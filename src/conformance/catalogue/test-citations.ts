import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type TypeScript from 'typescript'
import type { Need } from './behaviour'
import type { Citation } from './citation'

/** The functions of `node:test` that take a title. */
const functionsOfTests: ReadonlySet<string> = new Set(['describe', 'it', 'suite', 'test'])
const groupsOfTests: ReadonlySet<string> = new Set(['describe', 'suite'])
const skipping: ReadonlySet<string> = new Set(['skip', 'todo'])

/**
 * The one condition on which tests may be skipped and still prove something: behaviours of a program that is not
 * part of this package can be seen only where that program is.
 */
const conditions: ReadonlyMap<string, Need> = new Map([['withoutKubectl', 'kubectl']])

const idInTitle = /\b[A-Z][A-Z0-9]*-\d{2,3}\b/g
/** What looks like the group of a behaviour in a title and is the name of a standard. */
const standards: ReadonlySet<string> = new Set(['UTF', 'SHA', 'RFC', 'ISO'])

/** Stands where a title has a computed part, so that nothing on both sides of it is read as one word. */
const computed = '…'

/**
 * Finds the behaviours that tests cite in their titles: every `*.test.ts` below `src/`.
 *
 * An installed package has no tests; there nothing is found.
 */
export async function testCitations(root: string): Promise<readonly Citation[]> {
  const sources = testFiles(root)
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
    .filter(({ text }) => idsIn(text).length > 0)
  if (sources.length === 0) return []
  // Only where there are sources there is a compiler to read them.
  const { default: typescript } = await import('typescript')
  return sources.flatMap(({ file, text }) => citationsInTests(text, file, typescript))
}

function testFiles(root: string): readonly string[] {
  if (!existsSync(join(root, 'src'))) return []
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('src', path).replaceAll('\\', '/'))
    .sort()
}

/** Finds the behaviours that running tests cite in their titles; what is skipped proves nothing. */
export function citationsInTests(
  text: string,
  file: string,
  typescript: typeof TypeScript,
): readonly Citation[] {
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true)
  return new TestReader(source, file, typescript).read(source).citations
}

/** What a piece of source holds. */
interface Found {
  readonly citations: readonly Citation[]
  /** How many tests in it really run. */
  readonly running: number
}

/** One test file while it is read. */
class TestReader {
  readonly #source: TypeScript.SourceFile
  readonly #file: string
  readonly #ts: typeof TypeScript

  constructor(source: TypeScript.SourceFile, file: string, typescript: typeof TypeScript) {
    this.#source = source
    this.#file = file
    this.#ts = typescript
  }

  read(node: TypeScript.Node): Found {
    const call = this.#ts.isCallExpression(node) ? this.#testCallOf(node) : undefined
    if (call === undefined) return this.#children(node)
    if (call.skipped) return { citations: [], running: 0 }
    const inner = this.#children(node)
    const isGroup = groupsOfTests.has(call.name)
    const running = isGroup ? inner.running : inner.running + 1
    // A group whose tests are all skipped, or that has none, proves as little as a skipped test.
    const own = running > 0 ? this.#citationsOf(call.title) : []
    const citations = [...own, ...inner.citations]
    return {
      citations: call.needs === undefined ? citations : needing(call.needs, citations),
      running,
    }
  }

  #children(node: TypeScript.Node): Found {
    const found: Found[] = []
    node.forEachChild((child) => {
      found.push(this.read(child))
    })
    return {
      citations: found.flatMap(({ citations }) => citations),
      running: found.reduce((sum, { running }) => sum + running, 0),
    }
  }

  /** `it('...')`, `test.skip('...')`, `describe('...', { todo: true })`, and the `t.test('...')` of subtests. */
  #testCallOf(call: TypeScript.CallExpression):
    | {
        readonly name: string
        readonly title: TypeScript.Expression
        readonly skipped: boolean
        readonly needs: Need | undefined
      }
    | undefined {
    const [title] = call.arguments
    const names = this.#namesOf(call.expression)
    const name = names.find((each) => functionsOfTests.has(each))
    if (title === undefined || name === undefined) return undefined
    const options = call.arguments.flatMap((argument) => this.#skippingOptionsOf(argument))
    const needs = options.map((option) => this.#needOf(option))
    const skipped = names.some((each) => skipping.has(each)) || needs.includes(undefined)
    return { name, title, skipped, needs: needs[0] }
  }

  /** The names in `a.b.c`; none for anything else. */
  #namesOf(expression: TypeScript.Expression): readonly string[] {
    if (this.#ts.isIdentifier(expression)) return [expression.text]
    if (!this.#ts.isPropertyAccessExpression(expression)) return []
    return [...this.#namesOf(expression.expression), expression.name.text]
  }

  /** A condition that may skip counts as skipping: on some machine nothing would be proven. */
  #skippingOptionsOf(
    argument: TypeScript.Expression,
  ): readonly TypeScript.ObjectLiteralElementLike[] {
    if (!this.#ts.isObjectLiteralExpression(argument)) return []
    return argument.properties.filter((property) => {
      const name = property.name
      if (name === undefined || !this.#ts.isIdentifier(name) || !skipping.has(name.text))
        return false
      return !(
        this.#ts.isPropertyAssignment(property) &&
        property.initializer.kind === this.#ts.SyntaxKind.FalseKeyword
      )
    })
  }

  /** What a machine must have so that the option skips nothing; absent: nobody can say. */
  #needOf(option: TypeScript.ObjectLiteralElementLike): Need | undefined {
    if (!this.#ts.isPropertyAssignment(option)) return undefined
    const { initializer } = option
    return this.#ts.isIdentifier(initializer) ? conditions.get(initializer.text) : undefined
  }

  #citationsOf(title: TypeScript.Expression): readonly Citation[] {
    const by = this.#textOf(title)
    const { line } = this.#source.getLineAndCharacterOfPosition(title.getStart(this.#source))
    return idsIn(by).map((id) => ({ id, file: this.#file, line: line + 1, by }))
  }

  #textOf(title: TypeScript.Expression): string {
    if (this.#ts.isStringLiteralLike(title)) return title.text
    if (this.#ts.isTemplateExpression(title)) {
      return [title.head, ...title.templateSpans.map(({ literal }) => literal)]
        .map(({ text }) => text)
        .join(computed)
    }
    if (this.#ts.isBinaryExpression(title)) {
      return `${this.#textOf(title.left)}${this.#textOf(title.right)}`
    }
    return computed
  }
}

function needing(needs: Need, citations: readonly Citation[]): readonly Citation[] {
  return citations.map((citation) => ({ ...citation, needs }))
}

function idsIn(text: string): readonly string[] {
  const ids = text.match(idInTitle) ?? []
  return [...new Set(ids)].filter((id) => !standards.has(id.replace(/-\d+$/, '')))
}
