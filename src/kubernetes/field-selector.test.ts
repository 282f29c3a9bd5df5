import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileFieldSelector, parseFieldSelector } from './field-selector'
import { StatusError } from './status-error'

const podFields = ['metadata.name', 'metadata.namespace', 'spec.nodeName', 'status.phase']
const identity = (fields: Record<string, string>) => fields

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(StatusError.is(error, 'BadRequest'))
    return error.message
  }
  return 'no refusal'
}

test('API-225: operators, commas and empty terms', () => {
  assert.deepEqual(parseFieldSelector(''), [])
  assert.deepEqual(parseFieldSelector('a=b,c==d,e!=f,'), [
    { field: 'a', operator: '=', value: 'b' },
    { field: 'c', operator: '=', value: 'd' },
    { field: 'e', operator: '!=', value: 'f' },
  ])
  assert.deepEqual(parseFieldSelector('spec.nodeName='), [
    { field: 'spec.nodeName', operator: '=', value: '' },
  ])
  assert.deepEqual(parseFieldSelector('a!b=c'), [{ field: 'a!b', operator: '=', value: 'c' }])
  assert.deepEqual(parseFieldSelector('=,!='), [])
  assert.deepEqual(parseFieldSelector('=a'), [{ field: '', operator: '=', value: 'a' }])
})

test('API-225: a backslash escapes the comma, the equals sign and itself', () => {
  assert.deepEqual(parseFieldSelector('a=b\\,c\\=d\\\\,e=f'), [
    { field: 'a', operator: '=', value: 'b,c=d\\' },
    { field: 'e', operator: '=', value: 'f' },
  ])
  assert.deepEqual(parseFieldSelector('a\\=b'), [{ field: 'a\\', operator: '=', value: 'b' }])
})

test('API-225: texts that cannot be parsed are refused', () => {
  assert.equal(
    messageOf(() => parseFieldSelector('abc')),
    "invalid selector: 'abc'; can't understand 'abc'",
  )
  assert.equal(
    messageOf(() => parseFieldSelector('a=b,c')),
    "invalid selector: 'a=b,c'; can't understand 'c'",
  )
  assert.equal(
    messageOf(() => parseFieldSelector('a=b\\c')),
    'invalid field selector: invalid escape sequence: \\c',
  )
  assert.equal(
    messageOf(() => parseFieldSelector('a=b\\')),
    'invalid field selector: invalid escape sequence: \\',
  )
  assert.equal(
    messageOf(() => parseFieldSelector('b,a')), // In alphabetical order.
    "invalid selector: 'b,a'; can't understand 'a'",
  )
  assert.equal(
    messageOf(() => parseFieldSelector('a=b=c')),
    'invalid field selector: unescaped character in value: 61',
  )
})

test('API-225: unknown fields are refused in one of two ways', () => {
  assert.equal(
    messageOf(() => compileFieldSelector('spec.foo=1', [], identity)),
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  )
  assert.equal(
    messageOf(() => compileFieldSelector('spec.foo!=1', ['metadata.name'], identity)),
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  )
  assert.equal(
    messageOf(() => compileFieldSelector('spec.foo=1', podFields, identity)),
    'field label not supported: spec.foo',
  )
})

test('API-226: an unset field is the empty text', () => {
  const unscheduled = compileFieldSelector('spec.nodeName=', podFields, identity)
  assert.equal(unscheduled({}), true)
  assert.equal(unscheduled({ 'spec.nodeName': '' }), true)
  assert.equal(unscheduled({ 'spec.nodeName': 'worker-1' }), false)
})

test('API-226: spec.host is the older name of spec.nodeName, on pods only', () => {
  const onNode = compileFieldSelector('spec.host=worker-1', podFields, identity)
  assert.equal(onNode({ 'spec.nodeName': 'worker-1' }), true)
  assert.throws(() => compileFieldSelector('spec.host=a', ['status.phase'], identity))
})

test('API-225: all terms must hold', () => {
  const selector = 'metadata.name!=a,status.phase==Running'
  const matches = compileFieldSelector(selector, podFields, identity)
  assert.equal(matches({ 'metadata.name': 'b', 'status.phase': 'Running' }), true)
  assert.equal(matches({ 'metadata.name': 'a', 'status.phase': 'Running' }), false)
  assert.equal(matches({ 'metadata.name': 'b', 'status.phase': 'Pending' }), false)
  assert.equal(compileFieldSelector('', podFields, identity)({}), true)
})

test('API-225: an escaped value comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (values) => {
      const text = values.map((value) => `f=${value.replace(/[\\,=]/g, '\\$&')}`).join(',')
      // `f==x` would be the other operator, so values starting with "=" rely on their escape.
      const read = parseFieldSelector(text).map(({ value }) => value)
      assert.deepEqual(read.sort(), [...values].sort())
    }),
  )
})

test('API-225: any text is parsed or refused as a bad request', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a=!,\\ ]{0,12}$/), (text) => {
      try {
        parseFieldSelector(text)
      } catch (error) {
        assert.ok(StatusError.is(error, 'BadRequest'))
      }
    }),
  )
})
