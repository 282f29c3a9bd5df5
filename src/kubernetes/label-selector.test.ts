import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  compileLabelSelector,
  formatLabelSelector,
  isEmptySelector,
  labelSelectorMatcher,
  labelSelectorText,
  matchesLabelSelector,
} from './label-selector'
import { StatusError } from './status-error'
import type { LabelSelector } from './types'

test('an absent selector matches nothing, an empty one everything', () => {
  assert.equal(matchesLabelSelector(undefined, { app: 'a' }), false)
  assert.equal(matchesLabelSelector(null, {}), false)
  assert.equal(matchesLabelSelector({}, undefined), true)
  assert.equal(matchesLabelSelector({ matchLabels: {}, matchExpressions: [] }, { a: 'b' }), true)
})

test('matchLabels and matchExpressions must all hold', () => {
  const selector: LabelSelector = {
    matchLabels: { app: 'fluentd', tier: '' },
    matchExpressions: [{ key: 'track', operator: 'NotIn', values: ['canary'] }],
  }
  assert.equal(matchesLabelSelector(selector, { app: 'fluentd', tier: '' }), true)
  assert.equal(matchesLabelSelector(selector, { app: 'fluentd' }), false)
  const canary = { app: 'fluentd', tier: '', track: 'canary' }
  assert.equal(matchesLabelSelector(selector, canary), false)
})

test('a selector that cannot be understood matches nothing', () => {
  const bad: LabelSelector[] = [
    { matchLabels: { 'not a key': 'x' } },
    { matchLabels: { app: 'not a value' } },
    { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] },
    { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] },
    { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'app', operator: 'Like' }] },
  ]
  for (const selector of bad) {
    assert.equal(matchesLabelSelector(selector, { app: 'a', 'not a key': 'x' }), false)
    assert.equal(formatLabelSelector(selector), '<error>')
  }
})

test('frozen selectors are compiled once, others each time', () => {
  const frozen: LabelSelector = Object.freeze({ matchLabels: Object.freeze({ app: 'a' }) })
  assert.equal(labelSelectorMatcher(frozen), labelSelectorMatcher(frozen))
  const labels = { app: 'a' }
  const open = { matchLabels: labels }
  assert.equal(matchesLabelSelector(open, { app: 'b' }), false)
  labels.app = 'b'
  assert.equal(matchesLabelSelector(open, { app: 'b' }), true)
})

test('API-64: selectors print sorted by key', () => {
  assert.equal(formatLabelSelector(undefined), '<none>')
  assert.equal(formatLabelSelector({}), '<none>')
  assert.equal(
    formatLabelSelector({
      matchLabels: { tier: 'node', app: 'fluentd' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['b', 'a'] },
        { key: 'canary', operator: 'DoesNotExist' },
        { key: 'os', operator: 'Exists' },
        { key: 'arch', operator: 'NotIn', values: ['arm64'] },
      ],
    }),
    'app=fluentd,arch notin (arm64),!canary,os,tier=node,zone in (a,b)',
  )
})

test('only a selector that is there and asks nothing is empty', () => {
  assert.equal(isEmptySelector(undefined), false)
  assert.equal(isEmptySelector(null), false)
  assert.equal(isEmptySelector({}), true)
  assert.equal(isEmptySelector({ matchLabels: {}, matchExpressions: [] }), true)
  assert.equal(isEmptySelector({ matchLabels: { a: 'b' } }), false)
  assert.equal(isEmptySelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] }), false)
})

test('API-224: the operators of the query text', () => {
  const labels = { app: 'fluentd', size: '5', empty: '', in: 'in' }
  const expected: [string, boolean][] = [
    ['', true],
    ['app=fluentd', true],
    ['app==fluentd', true],
    ['app = fluentd', true],
    ['app!=fluentd', false],
    ['missing!=x', true],
    ['app in (a,fluentd)', true],
    ['app notin (a,fluentd)', false],
    ['missing notin (a)', true],
    ['app', true],
    ['missing', false],
    ['!app', false],
    ['! missing', true],
    ['size>4', true],
    ['size > 5', false],
    ['size<6', true],
    ['app<6', false],
    ['app,!missing , size>1', true],
    ['app,size<1', false],
    ['empty=', true],
    ['empty=,app', true],
    ['empty in ()', true],
    ['empty in (a,)', true],
    ['empty in (,a)', true],
    ['empty in (a,,b)', true],
    ['app in (in,notin)', false],
    ['in in (in)', true],
    ['in=in', true],
  ]
  for (const [text, matches] of expected) {
    assert.equal(compileLabelSelector(text)(labels), matches, text)
  }
})

test('API-224: a text that cannot be parsed is refused in the words of the API server', () => {
  const binary = 'expected: in, notin, =, ==, !=, gt, lt'
  const expected: [string, string][] = [
    ['a b', `unable to parse requirement: found 'b', ${binary}`],
    ['a==b==c', "found '==', expected: ',' or 'end of string'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (=', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b,', "unable to parse requirement: found '', expected: ',', or identifier"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a>b',
      `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ]
  for (const [text, message] of expected) {
    assert.throws(
      () => compileLabelSelector(text),
      (error) => {
        assert.ok(StatusError.is(error, 'BadRequest'))
        assert.equal(error.message, message, text)
        return true
      },
    )
  }
})

test('API-224: malformed keys and values are refused', () => {
  assert.throws(
    () => compileLabelSelector('-a=b'),
    /^StatusError: unable to parse requirement: <nil>: Invalid value: "-a": name part must consist/,
  )
  assert.throws(
    () => compileLabelSelector('a=-b'),
    /^StatusError: unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label/,
  )
})

const key = fc.stringMatching(/^[a-d]$/)
const value = fc.stringMatching(/^[a-d]{0,2}$/)
const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
)
const selectors = fc.record({
  matchLabels: fc.dictionary(key, value),
  matchExpressions: fc.array(expression),
})

test('API-224: the text of a selector selects what the selector selects', () => {
  fc.assert(
    fc.property(selectors, fc.dictionary(key, value), (selector, labels) => {
      const compiled = compileLabelSelector(labelSelectorText(selector))
      assert.equal(compiled(labels), matchesLabelSelector(selector, labels))
    }),
  )
})

test('API-224: any text is either compiled or refused as a bad request', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[ab!=<>(), in]{0,12}$/))
  fc.assert(
    fc.property(text, (query) => {
      try {
        compileLabelSelector(query)({ a: 'b' })
      } catch (error) {
        assert.ok(StatusError.is(error, 'BadRequest'))
      }
    }),
  )
})
