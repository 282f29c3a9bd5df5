import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileRequirement, requirementErrors } from './label-requirement'

function matches(
  operator: string,
  values: readonly string[] | undefined,
  labels: Record<string, string> | undefined,
): boolean | undefined {
  const requirement = { key: 'disk', operator, ...(values === undefined ? {} : { values }) }
  return compileRequirement(requirement)?.(labels)
}

test('PLACE-14: In wants the label with one of the values', () => {
  assert.equal(matches('In', ['ssd', 'nvme'], { disk: 'nvme' }), true)
  assert.equal(matches('In', ['ssd'], { disk: 'hdd' }), false)
  assert.equal(matches('In', ['ssd'], {}), false)
  assert.equal(matches('In', ['ssd'], undefined), false)
  assert.equal(matches('In', [''], { disk: '' }), true)
  assert.equal(matches('In', [''], {}), false)
  assert.equal(matches('In', [], { disk: 'ssd' }), undefined)
})

test('PLACE-15: NotIn is content without the label', () => {
  assert.equal(matches('NotIn', ['ssd'], {}), true)
  assert.equal(matches('NotIn', ['ssd'], undefined), true)
  assert.equal(matches('NotIn', ['ssd'], { disk: 'hdd' }), true)
  assert.equal(matches('NotIn', ['ssd'], { disk: 'ssd' }), false)
  assert.equal(matches('NotIn', [], {}), undefined)
})

test('PLACE-16: Exists and DoesNotExist take no values', () => {
  assert.equal(matches('Exists', undefined, { disk: '' }), true)
  assert.equal(matches('Exists', [], {}), false)
  assert.equal(matches('DoesNotExist', [], {}), true)
  assert.equal(matches('DoesNotExist', undefined, { disk: 'ssd' }), false)
  assert.equal(matches('Exists', ['ssd'], { disk: 'ssd' }), undefined)
  assert.equal(matches('DoesNotExist', ['ssd'], {}), undefined)
})

test('PLACE-17: Gt and Lt compare 64-bit integers, strictly', () => {
  assert.equal(matches('Gt', ['5'], { disk: '6' }), true)
  assert.equal(matches('Gt', ['5'], { disk: '5' }), false)
  assert.equal(matches('Lt', ['5'], { disk: '-7' }), true)
  assert.equal(matches('Lt', ['5'], { disk: '5' }), false)
  assert.equal(matches('Gt', ['5'], {}), false)
  assert.equal(matches('Gt', ['5'], { disk: 'many' }), false)
  assert.equal(matches('Gt', ['5'], { disk: '1.5e3' }), false)
  assert.equal(matches('Gt', ['9223372036854775806'], { disk: '9223372036854775807' }), true)
  assert.equal(matches('Gt', ['5'], { disk: '9223372036854775808' }), false)
})

test('PLACE-17, PLACE-19: what is no single integer makes the requirement void', () => {
  for (const values of [[], ['1', '2'], ['x'], ['1.0'], ['9223372036854775808'], ['']]) {
    assert.equal(matches('Gt', values, { disk: '6' }), undefined, values.join())
  }
})

test('PLACE-19: an unknown operator, a malformed key or value make the requirement void', () => {
  assert.equal(matches('Equals', ['ssd'], { disk: 'ssd' }), undefined)
  assert.equal(matches('In', ['not a value'], { disk: 'not a value' }), undefined)
  assert.equal(compileRequirement({ key: 'no key', operator: 'Exists' }), undefined)
  assert.equal(compileRequirement({ key: '', operator: 'Exists' }), undefined)
})

test('names of inherited members are ordinary label keys', () => {
  const exists = compileRequirement({ key: 'constructor', operator: 'Exists' })
  const isNot = compileRequirement({ key: 'toString', operator: 'DoesNotExist' })
  assert.equal(exists?.({}), false)
  assert.equal(isNot?.({}), true)
})

test('problems name the field and the value', () => {
  assert.deepEqual(requirementErrors({ key: 'a', operator: 'In' }), [
    "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
  ])
  assert.deepEqual(requirementErrors({ key: 'a', operator: 'Lt', values: ['x'] }), [
    `values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
  ])
  assert.match(
    requirementErrors({ key: 'a', operator: 'In', values: ['b', '-'] })[0] ?? '',
    /^values\[1\]\[a\]: Invalid value: "-": a valid label must/,
  )
})

test('In and NotIn, and Exists and DoesNotExist, are opposites', () => {
  const value = fc.stringMatching(/^[a-c]{0,2}$/)
  const labels = fc.option(fc.dictionary(fc.constant('disk'), value), { nil: undefined })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), labels, (values, present) => {
      assert.notEqual(matches('In', values, present), matches('NotIn', values, present))
      assert.notEqual(matches('Exists', [], present), matches('DoesNotExist', [], present))
    }),
  )
})
