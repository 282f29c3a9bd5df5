import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { missingFromCore } from './core-profile'
import { scenarioNamed } from './testing/evidence'

describe('the @core profile', () => {
  let root = ''
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dsc-core-'))
    mkdirSync(join(root, 'features'))
    const rule = (name: string, scenarios: string) => `  Rule: ${name} MUST be\n${scenarios}\n`
    const scenario = (tag: string, name: string) =>
      `    ${tag}\n    Scenario: ${name}\n      Given a node\n`
    const text = `Feature: A\n${rule('It', scenario('@core', 'One') + scenario('@core', 'Two') + scenario('@extended', 'Three'))}`
    writeFileSync(join(root, 'features', 'a.feature'), text)
  })
  after(() => rmSync(root, { recursive: true }))

  const chosen = (...names: readonly string[]) =>
    names.map((name) => ({ ...scenarioNamed(name), id: `a.feature > It MUST be > ${name}` }))

  it('misses the core scenarios that are not selected, and no others', () => {
    assert.equal(missingFromCore(root, chosen('One', 'Two', 'Three')), 0)
    assert.equal(missingFromCore(root, chosen('One', 'Two')), 0)
    assert.equal(missingFromCore(root, chosen('Two', 'Three')), 1)
    assert.equal(missingFromCore(root, chosen('Three')), 2)
  })

  it('is no matter of features that belong to somebody else', () => {
    assert.equal(missingFromCore(root, chosen('Four')), 0)
  })
})
