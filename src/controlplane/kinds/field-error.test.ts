import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { duplicate, invalid, invalidValue, notSupported, required, tooLong } from './field-error'

describe('invalid', () => {
  it('API-119: names the object and its only problem', () => {
    const error = invalid('DaemonSet', 'web', [required('spec.template.spec.containers')])
    assert.equal(error.code, 422)
    assert.equal(error.reason, 'Invalid')
    assert.equal(
      error.message,
      'DaemonSet.apps "web" is invalid: spec.template.spec.containers: Required value',
    )
    assert.deepEqual(error.details, {
      name: 'web',
      group: 'apps',
      kind: 'DaemonSet',
      causes: [
        {
          reason: 'FieldValueRequired',
          message: 'Required value',
          field: 'spec.template.spec.containers',
        },
      ],
    })
  })

  it('API-119: prints equal problems once and lists them all', () => {
    const problem = invalidValue('metadata.uid', 'x', 'field is immutable')
    const error = invalid('Pod', 'a', [problem, required('spec.containers'), problem])
    assert.equal(
      error.message,
      'Pod "a" is invalid: [metadata.uid: Invalid value: "x": field is immutable, spec.containers: Required value]',
    )
    assert.equal(error.details.causes?.length, 3)
    assert.equal(error.details.group, undefined)
  })

  it('API-120: words every sort of problem as the API does', () => {
    const messages = invalid('Pod', 'a', [
      required('f', 'data is mandatory'),
      invalidValue('f', -1, 'must be greater than or equal to 0'),
      notSupported('f', 'Never', ['Always']),
      duplicate('f', 'x'),
      tooLong('f', 1),
      invalidValue('f', { a: '<b>' }, 'no'),
    ]).details.causes?.map(({ message }) => message)
    assert.deepEqual(messages, [
      'Required value: data is mandatory',
      'Invalid value: -1: must be greater than or equal to 0',
      'Unsupported value: "Never": supported values: "Always"',
      'Duplicate value: "x"',
      'Too long: may not be more than 1 byte',
      'Invalid value: {"a":"\\u003cb\\u003e"}: no',
    ])
  })
})
