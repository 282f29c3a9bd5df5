import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { complaintAbout } from './compare-outputs'
import type { KubectlCommand } from './kubectl-commands'
import type { KubectlOutput } from './run-kubectl'

const command: KubectlCommand = { line: 'get nodes' }
const output = (...out: readonly string[]): KubectlOutput => ({
  command: 'get nodes',
  code: 0,
  out,
  err: [],
})
const complaint = (
  real: KubectlOutput,
  served: KubectlOutput,
  changes: Partial<KubectlCommand> = {},
  isSameMinor = true,
) => complaintAbout({ command: { ...command, ...changes }, real, served, isSameMinor })

describe('the comparison of outputs', () => {
  it('accepts what is equal and shows what is not', () => {
    assert.equal(complaint(output('a'), output('a')), undefined)
    assert.equal(
      complaint(output('a'), output('b')),
      'wanted\n  a\n  exit code 0\nfound\n  b\n  exit code 0',
    )
    const refused = { ...output(), code: 1, err: ['error: no'] }
    const words = 'wanted exit code 0, found 1\n  stderr: error: no\n  exit code 1'
    assert.equal(complaint(output('a'), refused), words)
  })

  it('accepts a listed difference, until it is gone', () => {
    const differs = 'for a reason'
    assert.equal(complaint(output('a'), output('b'), { differs }), undefined)
    assert.match(complaint(output('a'), output('a'), { differs }) ?? '', /equal .* "for a reason"/)
  })

  it('accepts a part where one is listed, and nothing beside it', () => {
    const isPart = 'for a reason'
    assert.equal(complaint(output('a', 'b'), output('b'), { isPart }), undefined)
    assert.match(complaint(output('a', 'b'), output('b', 'c'), { isPart }) ?? '', /found \n {2}c$/)
    assert.match(complaint(output('a', 'b'), output(), { isPart }) ?? '', /found nothing/)
    assert.match(complaint(output('a'), output('a'), { isPart }) ?? '', /off the list/)
  })

  it('accepts other lines where they are listed, and no others', () => {
    const exceptFor = { because: 'a reason', lines: { b: 'c' } }
    assert.equal(complaint(output('a', 'b'), output('a', 'c'), { exceptFor }), undefined)
    assert.match(
      complaint(output('a', 'b'), output('d', 'c'), { exceptFor }) ?? '',
      /^wanted\n {2}a/,
    )
    assert.match(complaint(output('a', 'b'), output('a', 'b'), { exceptFor }) ?? '', /"a reason"/)
  })

  it('holds other releases of kubectl to the exit code where words have changed', () => {
    const changes = { reworded: true } as const
    assert.equal(complaint(output('a'), output('b'), changes, false), undefined)
    assert.match(complaint(output('a'), output('b'), changes) ?? '', /^wanted\n {2}a/)
    const failed = { ...output('b'), code: 1 }
    assert.match(complaint(output('a'), failed, changes, false) ?? '', /exit code 0, found 1/)
  })

  it('wants a recording of the commands as they are', () => {
    const other = { ...output('a'), command: 'get pods' }
    assert.match(complaint(other, output('a')) ?? '', /is of kubectl get pods: record again/)
  })
})
