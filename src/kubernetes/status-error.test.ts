import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StatusError } from './status-error'

test('API-115: a refusal becomes a Status and is rebuilt from it', () => {
  const refusal = new StatusError('NotFound', 'pods "a" not found', {
    details: { name: 'a', kind: 'pods' },
  })
  const status = refusal.toStatus()
  assert.deepEqual(status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'pods "a" not found',
    reason: 'NotFound',
    details: { name: 'a', kind: 'pods' },
    code: 404,
  })
  const rebuilt = StatusError.of(status)
  assert.deepEqual(rebuilt.toStatus(), status)
  assert.ok(StatusError.is(rebuilt, 'NotFound'))
})

test('API-130: a refusal without reason is an internal one, and says none', () => {
  const status = new StatusError('', 'something').toStatus()
  assert.equal(status.code, 500)
  assert.equal('reason' in status, false)
  assert.equal(StatusError.of({}, 503).code, 503)
})

test('reasons and causes are recognised, on refusals only', () => {
  const causes = [{ reason: 'NamespaceTerminating' }]
  const refusal = new StatusError('Forbidden', 'no', { details: { causes } })
  assert.equal(StatusError.is(refusal, 'Conflict'), false)
  assert.equal(StatusError.is(new Error('Forbidden'), 'Forbidden'), false)
  assert.equal(StatusError.hasCause(refusal, 'NamespaceTerminating'), true)
  assert.equal(StatusError.hasCause(refusal, 'ResourceVersionTooLarge'), false)
  assert.equal(StatusError.hasCause(undefined, 'NamespaceTerminating'), false)
})

test('the cause of a refusal is kept', () => {
  const cause = new Error('connection lost')
  assert.equal(new StatusError('InternalError', 'x', { cause }).cause, cause)
})
