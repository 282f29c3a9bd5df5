import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import type { GherkinDocument, Pickle, Rule } from '@cucumber/messages'
import { scenarioIdOf } from '../../src/targets/scenario-id'

/** How far the behaviours of the specification are numbered, by group. */
const behaviours: Readonly<Record<string, number>> = {
  API: 71,
  PLACE: 45,
  MANAGE: 56,
  UPDATE: 65,
  HISTORY: 32,
  STATUS: 26,
  DELETE: 14,
  QUEUE: 31,
  EVENTS: 11,
  GATES: 19,
  KUBELET: 39,
}

const levels = ['@core', '@extended']
const otherTags = /^@(?:slow|real-kubelet|since-1\.\d{2})$/

/** What a feature leaves to manifests, targets and waits. */
const forbiddenWords = /\b(?:ya?ml|json file|sleep|sleeps|wait \d+|retry|retries|should|I)\b/
/** What only features about the API itself speak of. */
const apiWords = /\b(?:HTTP|resource version|resourceVersion|status code|422|404|409)\b/

interface FeatureFile {
  readonly path: string
  readonly text: string
  readonly document: GherkinDocument
  readonly pickles: readonly Pickle[]
}

const files = globSync('features/**/*.feature').sort().map(parsed)
const scenarios = files.flatMap(({ document, pickles }) =>
  pickles.map((pickle) => ({ pickle, id: scenarioIdOf(document, pickle) })),
)

describe('features', () => {
  test('there are features, and each has scenarios', () => {
    assert(files.length > 0)
    const empty = files.filter(({ pickles }) => pickles.length === 0).map(({ path }) => path)
    assert.deepEqual(empty, [])
  })

  test('every scenario has an id of its own', () => {
    const ids = scenarios.map(({ id }) => id)
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    )
  })

  test('every scenario stands under a rule, a sentence that says MUST', () => {
    for (const { path, document } of files) {
      const children = document.feature?.children ?? []
      const loose = children.flatMap(({ scenario }) => (scenario ? [scenario.name] : []))
      assert.deepEqual(loose, [], `${path}: scenarios without a rule`)
      for (const rule of children.flatMap(({ rule }) => (rule ? [rule] : []))) {
        assert.match(rule.name, /^[A-Za-z].* MUST .*[a-z0-9]$/, `${path}: rule "${rule.name}"`)
        assert(hasScenarios(rule), `${path}: rule "${rule.name}" has no scenario`)
      }
    }
  })

  test('in every scenario exactly one thing happens, and something follows', () => {
    for (const { pickle, id } of scenarios) {
      const types = pickle.steps.map(({ type }) => type)
      assert.equal(types.filter((type) => type === 'Action').length, 1, `${id}: one When`)
      assert.equal(types.at(-1), 'Outcome', `${id}: ends with a Then`)
      assert.deepEqual(types, [...types].sort(byPart), `${id}: Given, When, Then in this order`)
    }
  })

  test('every scenario has one level and cites behaviours that exist', () => {
    for (const { pickle, id } of scenarios) {
      const tags = pickle.tags.map(({ name }) => name)
      assert.equal(tags.filter((tag) => levels.includes(tag)).length, 1, `${id}: one level`)
      assert(tags.some(isBehaviour), `${id}: cites a behaviour`)
      // The core profile has to be complete, and must not take minutes for that.
      assert(!(tags.includes('@core') && tags.includes('@slow')), `${id}: core and slow`)
      const unknown = tags.filter(
        (tag) => !levels.includes(tag) && !otherTags.test(tag) && !isBehaviour(tag),
      )
      assert.deepEqual(unknown, [], `${id}: unknown tags`)
    }
  })

  test('no feature speaks of files, waits or protocols', () => {
    for (const { path, text } of files) {
      assert.doesNotMatch(text, forbiddenWords, path)
      if (!path.includes('/api/')) assert.doesNotMatch(text, apiWords, path)
    }
  })

  test('no background is longer than three steps', () => {
    for (const { path, document } of files) {
      for (const { rule, background } of document.feature?.children ?? []) {
        const backgrounds = [background, ...(rule?.children ?? []).map((child) => child.background)]
        const lengths = backgrounds.map((each) => each?.steps.length ?? 0)
        assert(
          Math.max(...lengths) <= 3,
          `${path}: a background with ${Math.max(...lengths)} steps`,
        )
      }
    }
  })
})

describe('what the checks of the features rest on', () => {
  test('a tag is a behaviour only within the numbers of its group', () => {
    assert(isBehaviour('@PLACE-45'))
    assert(!isBehaviour('@PLACE-46'))
    assert(!isBehaviour('@PLACE-00'))
    assert(!isBehaviour('@PLACES-01'))
  })
})

function parsed(path: string): FeatureFile {
  const text = readFileSync(path, 'utf8')
  let ids = 0
  const newId = () => String(ids++)
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text)
  return { path, text, document, pickles: compile(document, path, newId) }
}

function hasScenarios({ children }: Rule): boolean {
  return children.some(({ scenario }) => scenario !== undefined)
}

function isBehaviour(tag: string): boolean {
  const [, group = '', number = '0'] = /^@([A-Z]+)-(\d{2})$/.exec(tag) ?? []
  return Number(number) >= 1 && Number(number) <= (behaviours[group] ?? 0)
}

function byPart(a: string | undefined, b: string | undefined): number {
  const parts = ['Context', 'Action', 'Outcome']
  return parts.indexOf(a ?? '') - parts.indexOf(b ?? '')
}
