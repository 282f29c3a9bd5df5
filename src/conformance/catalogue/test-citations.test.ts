// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are sources of tests, as text
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import typescript from 'typescript'
import { citationsInTests } from './test-citations'

function cited(source: string): readonly string[] {
  return citationsInTests(source, 'a.test.ts', typescript).map(
    ({ id, line, needs }) => `${id}:${line}${needs === undefined ? '' : ` with ${needs}`}`,
  )
}

describe('the citations of a test file', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'titles of tests',
      'it(\'PLACE-01: a\', () => {})\ntest("PLACE-02", f)',
      ['PLACE-01:1', 'PLACE-02:2'],
    ],
    [
      'several in one title, each once',
      "it('PLACE-01, PLACE-02: PLACE-01', f)",
      ['PLACE-01:1', 'PLACE-02:1'],
    ],
    ['a title on a line of its own', "it(\n  'PLACE-01: a',\n  f,\n)", ['PLACE-01:2']],
    [
      'the written parts of a template',
      'it(`PLACE-01: ${x} E2E-16`, f)',
      ['PLACE-01:1', 'E2E-16:1'],
    ],
    ['no id across a computed part', 'it(`PLACE-${n}1 ${g}-01`, f)', []],
    ['joined texts', "it('PLACE-01' + ': a', f)", ['PLACE-01:1']],
    ['a group with a test', "describe('PLACE-01', () => { it('a', f) })", ['PLACE-01:1']],
    ['no group without a test', "describe('PLACE-01', () => {})", []],
    [
      'no group whose tests are skipped',
      "describe('PLACE-01', () => { it.skip('PLACE-02', f) })",
      [],
    ],
    ['no test in a skipped group', "describe.skip('a', () => { it('PLACE-01', f) })", []],
    ['no test that is still to do', "it.todo('PLACE-01')", []],
    ['no test that is skipped by an option', "it('PLACE-01', { skip: 'later' }, f)", []],
    ['no test that is skipped on a condition', "it('PLACE-01', { skip: onWindows }, f)", []],
    [
      'what needs kubectl, marked',
      "describe('a', { skip: withoutKubectl }, () => { it('KUBECTL-01', f) })\nit('KUBECTL-02', f)",
      ['KUBECTL-01:1 with kubectl', 'KUBECTL-02:2'],
    ],
    [
      'nothing skipped on two conditions',
      "describe('a', { skip: withoutKubectl, todo: later }, () => { it('KUBECTL-01', f) })",
      [],
    ],
    [
      'a test that is not skipped',
      "it('PLACE-01', { skip: false, timeout: 5 }, f)",
      ['PLACE-01:1'],
    ],
    ['a subtest', "it('a', async (t) => { await t.test('PLACE-01', f) })", ['PLACE-01:1']],
    [
      'nothing outside of titles',
      "// it('PLACE-01')\nconst s = `it('PLACE-02', f)`\nfoo('PLACE-03')",
      [],
    ],
    ['no standards', "it('UTF-16 and SHA-256', f)", []],
    ['ids that do not exist', "it('PLACE-999: a', f)", ['PLACE-999:1']],
  ]
  for (const [what, source, expected] of cases) {
    it(`are found or not: ${what}`, () => {
      assert.deepEqual(cited(source), expected)
    })
  }
})
