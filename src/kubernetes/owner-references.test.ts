import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controllerOf, controllerReferenceTo, isControlledBy } from './owner-references'
import type { DaemonSet } from './types'

const daemonSet: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'agent',
    namespace: 'default',
    uid: 'uid-1',
    resourceVersion: '1',
    creationTimestamp: '',
  },
  spec: { selector: {}, template: {} },
  status: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
}

test('MANAGE-45: the controller reference names the owner and holds it', () => {
  assert.deepEqual(controllerReferenceTo(daemonSet), {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    name: 'agent',
    uid: 'uid-1',
    controller: true,
    blockOwnerDeletion: true,
  })
})

test('the controller is the owner that is marked so', () => {
  const reference = controllerReferenceTo(daemonSet)
  const other = { ...reference, uid: 'uid-2', controller: false }
  assert.equal(controllerOf({ metadata: { ownerReferences: [other, reference] } }), reference)
  assert.equal(controllerOf({ metadata: { ownerReferences: [other] } }), undefined)
  assert.equal(controllerOf({ metadata: {} }), undefined)
  assert.equal(controllerOf({}), undefined)
})

test('control goes by uid: a namesake created later controls nothing', () => {
  const owned = { metadata: { ownerReferences: [controllerReferenceTo(daemonSet)] } }
  assert.equal(isControlledBy(owned, daemonSet), true)
  assert.equal(isControlledBy(owned, { metadata: { uid: 'uid-2' } }), false)
  assert.equal(isControlledBy({ metadata: {} }, daemonSet), false)
})
