import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseReference } from './choose-reference'

function choose(target: string, asked?: string) {
  return chooseReference({
    asked,
    target,
    requireLive: false,
    recordings: '/nowhere',
    isK3sAvailable: async () => true,
  })
}

describe('the reference', () => {
  it('of a target with real nodes has as many of them, and its own controller', async () => {
    for (const [target, reference] of [
      ['k3s?nodes=real:2', 'k3s?nodes=real:2'],
      ['k3s?nodes=real:3&controller=ours', 'k3s?nodes=real:3'],
      [
        'k3s:v1.21.2-k3s1?controller=ours&nodes=real:1',
        'k3s:rancher/k3s:v1.21.2-k3s1?nodes=real:1',
      ],
      ['k3s?controller=ours', 'k3s'],
      ['in-process', 'k3s'],
    ] as const) {
      assert.deepEqual(await choose(target), { kind: 'live', target: reference })
    }
  })

  it('is what was asked for, whatever the target is', async () => {
    const choice = await choose('k3s?nodes=real:2', 'in-process')
    assert.deepEqual(choice, { kind: 'live', target: 'in-process' })
  })
})
