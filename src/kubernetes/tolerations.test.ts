import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tolerates, toleratesAll, untoleratedTaint } from './tolerations'
import type { Taint, Toleration } from './types'

const gpu: Taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }

test('PLACE-25: effect, key and value decide', () => {
  const expected: [Toleration, boolean][] = [
    [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', operator: 'Equal', value: 'cpu', effect: 'NoSchedule' }, false],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }, true],
    [{ key: 'dedicated', operator: 'Exists' }, true],
    [{ key: 'dedicated', operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: 'other', operator: 'Exists' }, false],
    [{ operator: 'Exists' }, true],
    [{ operator: 'Exists', effect: 'NoExecute' }, false],
    [{ key: '', operator: 'Exists', effect: '' }, true],
    [{ key: 'dedicated' }, false],
    [{ value: 'gpu' }, true],
    [{ key: 'dedicated', operator: 'exists' }, false],
  ]
  for (const [toleration, tolerated] of expected) {
    assert.equal(tolerates(toleration, gpu), tolerated, JSON.stringify(toleration))
  }
})

test('PLACE-25: a taint without value equals a toleration without value', () => {
  const taint: Taint = { key: 'a', effect: 'NoSchedule' }
  assert.equal(tolerates({ key: 'a' }, taint), true)
  assert.equal(tolerates({ key: 'a', value: '' }, taint), true)
  assert.equal(tolerates({ key: 'a', value: 'x' }, taint), false)
})

test('PLACE-26: tolerationSeconds plays no part', () => {
  const taint: Taint = { key: 'a', effect: 'NoExecute' }
  assert.equal(tolerates({ key: 'a', operator: 'Exists', tolerationSeconds: 0 }, taint), true)
})

test('GATES-07: Lt and Gt never tolerate', () => {
  const taint: Taint = { key: 'a', value: '5', effect: 'NoSchedule' }
  assert.equal(tolerates({ key: 'a', operator: 'Lt', value: '6' }, taint), false)
  assert.equal(tolerates({ key: 'a', operator: 'Gt', value: '4' }, taint), false)
  assert.equal(tolerates({ key: 'a', operator: 'Gt', value: '5' }, taint), false)
})

test('PLACE-24: only taints with the asked effects count', () => {
  const soft: Taint = { key: 'a', effect: 'PreferNoSchedule' }
  const evicting: Taint = { key: 'b', effect: 'NoExecute' }
  const hard = ['NoSchedule', 'NoExecute']
  assert.equal(untoleratedTaint([], [soft, gpu, evicting], hard), gpu)
  assert.equal(untoleratedTaint([], [soft, gpu, evicting], ['NoExecute']), evicting)
  assert.equal(
    untoleratedTaint([{ key: 'dedicated', operator: 'Exists' }], [soft, gpu], hard),
    undefined,
  )
  assert.equal(toleratesAll(undefined, [soft], hard), true)
  assert.equal(toleratesAll(undefined, undefined, hard), true)
  assert.equal(toleratesAll([], [gpu], hard), false)
})

const text = fc.constantFrom('', 'a', 'b')
const effect = fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule')
const taints = fc.array(fc.record({ key: fc.constantFrom('a', 'b'), value: text, effect }))
const tolerations = fc.array(
  fc.record({
    key: text,
    value: text,
    operator: fc.constantFrom('Exists', 'Equal'),
    effect: fc.oneof(effect, fc.constant('')),
  }),
)

test('PLACE-25: another toleration never takes a tolerance away', () => {
  fc.assert(
    fc.property(tolerations, tolerations, taints, (some, more, present) => {
      const effects = ['NoSchedule', 'NoExecute']
      if (toleratesAll(some, present, effects)) {
        assert.ok(toleratesAll([...more, ...some], present, effects))
      }
      assert.ok(toleratesAll([...some, { operator: 'Exists' }], present, effects))
    }),
  )
})
