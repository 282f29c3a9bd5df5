import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Node, Taint } from '../../kubernetes/types'
import { epoch, nodeOf } from '../../reconciler/testing/objects'
import { conditionTaintsOf, noExecuteKeyOf, readinessTaintsOf } from './condition-taints'

function node(
  conditions: Readonly<Record<string, string>>,
  taints: readonly Taint[] = [],
  unschedulable = false,
): Node {
  const list = Object.entries(conditions).map(([type, status]) => ({ type, status }))
  return nodeOf('node-a', { taints, unschedulable, status: { conditions: list } })
}

const noSchedule = (name: string): Taint => ({
  key: `node.kubernetes.io/${name}`,
  effect: 'NoSchedule',
})
const keysOf = (taints: readonly Taint[] | undefined) => taints?.map(({ key }) => key.split('/')[1])

test('NODE-08, NODE-10: conditions and a cordon become NoSchedule taints', () => {
  const all = node(
    {
      Ready: 'False',
      MemoryPressure: 'True',
      DiskPressure: 'True',
      PIDPressure: 'True',
      NetworkUnavailable: 'True',
    },
    [],
    true,
  )
  const taints = conditionTaintsOf(all, epoch)
  assert.deepEqual(keysOf(taints), [
    'not-ready',
    'memory-pressure',
    'disk-pressure',
    'pid-pressure',
    'network-unavailable',
    'unschedulable',
  ])
  assert.deepEqual(taints?.[0], { ...noSchedule('not-ready'), timeAdded: '2026-01-01T00:00:00Z' })
  assert.deepEqual(keysOf(conditionTaintsOf(node({ Ready: 'Unknown' }), epoch)), ['unreachable'])
})

test('NODE-09: taints go when their condition is cleared; others, and other effects, are never touched', () => {
  const foreign: Taint = { key: 'example.com/k', effect: 'NoSchedule' }
  const noExecute: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }
  const present = [noSchedule('not-ready'), foreign, noExecute, noSchedule('unschedulable')]
  assert.deepEqual(conditionTaintsOf(node({ Ready: 'True' }, present), epoch), [foreign, noExecute])
  assert.equal(conditionTaintsOf(node({ Ready: 'True' }, [foreign, noExecute]), epoch), undefined)
})

test('NODE-09: a node that has never reported loses the taint that admission gave it', () => {
  // Seen on Kubernetes 1.36.2, within half a second: no condition asks for the taint.
  assert.deepEqual(conditionTaintsOf(node({}, [noSchedule('not-ready')]), epoch), [])
})

test('NODE-11: readiness asks for one NoExecute taint, and takes the other away', () => {
  assert.equal(noExecuteKeyOf(node({ Ready: 'False' })), 'node.kubernetes.io/not-ready')
  assert.equal(noExecuteKeyOf(node({ Ready: 'Unknown' })), 'node.kubernetes.io/unreachable')
  assert.equal(noExecuteKeyOf(node({ Ready: 'True' })), undefined)
  const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }
  const swapped = readinessTaintsOf(node({}, [unreachable]), 'node.kubernetes.io/not-ready', epoch)
  assert.deepEqual(keysOf(swapped), ['not-ready'])
  assert.deepEqual(readinessTaintsOf(node({}, [unreachable]), undefined, epoch), [])
  assert.equal(readinessTaintsOf(node({}, [unreachable]), unreachable.key, epoch), undefined)
})

test('NODE-09: once written, nothing is left to change', () => {
  const status = fc.constantFrom('True', 'False', 'Unknown')
  const types = [
    'Ready',
    'MemoryPressure',
    'DiskPressure',
    'PIDPressure',
    'NetworkUnavailable',
    'Other',
  ]
  const conditions = fc.dictionary(fc.constantFrom(...types), status)
  const names = fc.constantFrom(
    'not-ready',
    'unreachable',
    'memory-pressure',
    'unschedulable',
    'mine',
  )
  const taints = fc.uniqueArray(names).map((list) => list.map(noSchedule))
  fc.assert(
    fc.property(conditions, taints, fc.boolean(), (present, before, unschedulable) => {
      const after = conditionTaintsOf(node(present, before, unschedulable), epoch) ?? before
      assert.equal(conditionTaintsOf(node(present, after, unschedulable), epoch), undefined)
    }),
  )
})
