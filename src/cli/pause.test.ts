import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { pauseOn } from './pause'

const failed = { scenarioId: 'a.feature > R > S', message: 'no \u001b[2Jpod', namespace: 'dsc-x-1' }

async function told(kubeconfig?: string): Promise<string> {
  const stdout = new PassThrough()
  const context = { stdout, stderr: stdout, env: {}, cwd: '/', exit: () => {} }
  // An interrupted run does not wait for anybody.
  await pauseOn(
    context,
    AbortSignal.abort(),
  )({ ...failed, ...(kubeconfig === undefined ? {} : { kubeconfig }) })
  return String(stdout.read())
}

describe('a pause at a failed scenario', () => {
  it('says how to reach what the scenario has left, without steering the terminal', async () => {
    const text = await told('/tmp/k/kubeconfig')
    assert.match(text, /^failed: a\.feature > R > S: no {1,2}\[2Jpod$/m)
    assert.match(
      text,
      /KUBECONFIG=\/tmp\/k\/kubeconfig kubectl --namespace dsc-x-1 get daemonsets,pods,events/,
    )
  })

  it('goes on where nothing can be reached', async () => {
    assert.match(await told(), /lives in the process and cannot be reached; the run goes on/)
  })
})
