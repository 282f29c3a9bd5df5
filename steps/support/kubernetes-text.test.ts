import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { labelsOf, nodeSelectorTermsOf, taintOf, taintsOf, tolerationsOf } from './kubernetes-text'

describe('the texts of Kubernetes values in features', () => {
  test('labels are pairs; a value may hold an equals sign', () => {
    assert.deepEqual(labelsOf('disk=ssd, zone=east'), { disk: 'ssd', zone: 'east' })
    assert.deepEqual(labelsOf('note=a=b'), { note: 'a=b' })
    assert.deepEqual(labelsOf(''), {})
  })

  test('a taint may go without a value, not without an effect', () => {
    assert.deepEqual(taintOf('gpu=yes:NoSchedule'), {
      key: 'gpu',
      value: 'yes',
      effect: 'NoSchedule',
    })
    assert.deepEqual(taintsOf('example.com/a:NoExecute'), [
      { key: 'example.com/a', effect: 'NoExecute' },
    ])
    assert.throws(() => taintOf('gpu=yes'), /"gpu=yes" is no taint/)
  })

  test('a toleration leaves out what matches everything', () => {
    assert.deepEqual(tolerationsOf('none'), [])
    assert.deepEqual(tolerationsOf('gpu=yes:NoSchedule, Exists'), [
      { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
      { operator: 'Exists' },
    ])
    assert.deepEqual(tolerationsOf('gpu Exists:NoExecute for 30 s'), [
      { key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    ])
  })

  test('terms are alternatives, the name of a node is a field', () => {
    assert.deepEqual(
      nodeSelectorTermsOf('disk In ssd,nvme and zone Exists or metadata.name In node-a or nothing'),
      [
        {
          matchExpressions: [
            { key: 'disk', operator: 'In', values: ['ssd', 'nvme'] },
            { key: 'zone', operator: 'Exists' },
          ],
        },
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-a'] }] },
        {},
      ],
    )
    assert.throws(() => nodeSelectorTermsOf('disk'), /"disk" is no requirement/)
  })
})
