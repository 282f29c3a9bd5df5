import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import type { ConformanceReport } from '../conformance/report'
import { packageRoot } from './package'
import { dsc } from './testing/dsc'

const older = join(packageRoot, 'reports', 'recordings', 'v1.21.2-k3s1.json')
const explanation = ['--reason', 'it is old', '--owner', 'ada', '--expires', '2030-01-31']

describe('dsc expect and dsc run --expected-differences', () => {
  let folder = ''
  let list = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-expect-'))
    list = join(folder, 'list.yaml')
    writeFileSync(list, '# Ours.\ndifferences: []\n')
  })
  after(() => rmSync(folder, { recursive: true }))

  const run = (name: string, ...words: readonly string[]) =>
    dsc([
      ...['run', '--quiet', '--reference', `recording:${older}`],
      ...['--expected-differences', list, '--output', join(folder, name), ...words],
    ])
  const reportIn = (name: string): ConformanceReport =>
    JSON.parse(readFileSync(join(folder, name, 'conformance.json'), 'utf8'))
  const expect = (name: string) => {
    const file = join(folder, name, 'conformance.json')
    return dsc(['expect', '--report', file, '--file', list, ...explanation])
  }

  it('list what a whole run shows, so that the next one knows it', async () => {
    const first = await run('whole')
    assert.equal(first.code, 1, first.stderr)
    const differing = reportIn('whole').totals.verdicts.differ
    assert.ok(differing > 0)
    const listed = await expect('whole')
    assert.equal(listed.code, 0, listed.stderr)
    assert.equal(listed.stdout.trimEnd().split('\n').length, differing)
    const text = readFileSync(list, 'utf8')
    assert.match(text, /^# Ours\.\n/)
    assert.equal(parse(text).differences.length, differing)
    const second = await run('known', 'features/use-cases')
    // A part of the features proves nothing, but nothing in it is wrong any more.
    assert.equal(second.code, 4, second.stdout)
    const { reasons, metadata } = reportIn('known')
    assert.doesNotMatch(reasons.join(), /differ/)
    assert.match(second.stdout, /\d+ of all these as listed/)
    assert.match(metadata.reproduce, / --expected-differences list\.yaml( |$)/)
  })

  it('refuse the report of a part of the features, and leave the list as it is', async () => {
    const before = readFileSync(list, 'utf8')
    const { code, stderr } = await expect('known')
    assert.equal(code, 2)
    assert.match(stderr, /the run was narrowed down to some files, tags or names/)
    assert.equal(readFileSync(list, 'utf8'), before)
  })

  it('refuse a list that is not there: none would stand in for it', async () => {
    const words = ['run', '--expected-differences', join(folder, 'none.yaml')]
    const { code, stderr } = await dsc([...words, '--output', join(folder, 'none')])
    assert.equal(code, 2)
    assert.match(stderr, /--expected-differences: there is no file .*none\.yaml/)
  })
})
