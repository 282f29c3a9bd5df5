import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { findingsOf } from './doctor'

describe('the doctor', () => {
  it('looks at everything, and has a fix for whatever is not well', async () => {
    const environment = {
      KUBECONFIG: '/nowhere/kubeconfig',
      TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: 'registry.invalid/x',
    }
    const image = 'registry.invalid/no-such-image:v1'
    const findings = await findingsOf({ environment, cwd: '/nowhere', engines: '^24', image })
    for (const { name, state, fix } of findings) {
      assert.equal(fix === undefined, state === 'ok', name)
    }
    const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]))
    const { registry, ports, disk, kubeconfig } = states
    assert.deepEqual([registry, ports, disk, kubeconfig], ['warning', 'ok', 'problem', 'warning'])
    assert.ok('Node.js' in states && 'container engine' in states)
    assert.notEqual(states['k3s image'], 'ok')
  })
})
