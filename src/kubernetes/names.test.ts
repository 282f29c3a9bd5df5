import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  isDns1123Subdomain,
  labelValueErrors,
  qualifiedNameErrors,
} from './names'

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

test('API-133: good subdomains have no errors', () => {
  for (const name of ['a', 'fluentd-logging', 'a.b.c', '0', 'x'.repeat(253), '1.2-3']) {
    assert.deepEqual(dns1123SubdomainErrors(name), [], name)
  }
})

test('API-133: bad subdomains get the words of the API server', () => {
  for (const name of ['', 'A', 'a_b', '-a', 'a-', 'a..b', '.a', 'a.', 'a/b', 'a b', 'é', 'a\n']) {
    assert.deepEqual(dns1123SubdomainErrors(name), [subdomainRule], name)
  }
})

test('API-133: a long subdomain is told its limit, and also what else is wrong', () => {
  assert.deepEqual(dns1123SubdomainErrors('x'.repeat(254)), ['must be no more than 253 characters'])
  assert.deepEqual(dns1123SubdomainErrors('X'.repeat(254)), [
    'must be no more than 253 characters',
    subdomainRule,
  ])
})

test('API-133: lengths count in bytes, not in characters', () => {
  assert.deepEqual(dns1123LabelErrors('é'.repeat(32)), [
    'must be no more than 63 characters',
    labelRule,
  ])
  assert.deepEqual(dns1123LabelErrors('é'.repeat(31)), [labelRule])
})

test('API-133: a label is told about its dots', () => {
  assert.deepEqual(dns1123LabelErrors('my-name'), [])
  assert.deepEqual(dns1123LabelErrors('a.b'), ['must not contain dots'])
  assert.deepEqual(dns1123LabelErrors('A.b'), [labelRule])
  assert.deepEqual(dns1123LabelErrors('x'.repeat(64)), ['must be no more than 63 characters'])
})

test('API-134: qualified names', () => {
  for (const key of ['app', 'App_1.x', 'example.com/MyName', `a.b/${'x'.repeat(63)}`]) {
    assert.deepEqual(qualifiedNameErrors(key), [], key)
  }
  assert.deepEqual(qualifiedNameErrors(''), [
    'name part must be non-empty',
    `name part ${nameRule}`,
  ])
  assert.deepEqual(qualifiedNameErrors('/a'), ['prefix part must be non-empty'])
  assert.deepEqual(qualifiedNameErrors('A/a'), [`prefix part ${subdomainRule}`])
  assert.deepEqual(qualifiedNameErrors(`${'x'.repeat(254)}/a`), [
    'prefix part must be no more than 253 bytes',
  ])
  assert.deepEqual(qualifiedNameErrors('a b'), [`name part ${nameRule}`])
  assert.deepEqual(qualifiedNameErrors('x'.repeat(64)), ['name part must be no more than 63 bytes'])
  assert.deepEqual(qualifiedNameErrors('a/b/c'), [
    `a valid label key ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
  ])
})

test('API-134: label values', () => {
  for (const value of ['', 'a', 'A_b.c-D', 'x'.repeat(63)]) {
    assert.deepEqual(labelValueErrors(value), [], value)
  }
  assert.deepEqual(labelValueErrors('-a'), [valueRule])
  assert.deepEqual(labelValueErrors('a b'), [valueRule])
  assert.deepEqual(labelValueErrors('x'.repeat(64)), ['must be no more than 63 bytes'])
})

test('the yes-or-no question agrees with the list of errors', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.-]{1,260}$/)), (text) => {
      assert.equal(isDns1123Subdomain(text), dns1123SubdomainErrors(text).length === 0)
    }),
  )
})

test('every label is a subdomain, a label value and a qualified name', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/), (label) => {
      assert.deepEqual(dns1123LabelErrors(label), [])
      assert.deepEqual(dns1123SubdomainErrors(label), [])
      assert.deepEqual(labelValueErrors(label), [])
      assert.deepEqual(qualifiedNameErrors(label), [])
    }),
  )
})
