import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { unlessAborted } from './unless-aborted'

describe('work that a signal can cut short', () => {
  const never = new Promise<never>(() => {})

  it('settles as it would alone', async () => {
    const { signal } = new AbortController()
    assert.equal(await unlessAborted(Promise.resolve(1), signal), 1)
    assert.equal(await unlessAborted(Promise.resolve(1), undefined), 1)
    await assert.rejects(unlessAborted(Promise.reject(new Error('no')), signal), /no/)
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  it('ends with the reason of the signal, before or meanwhile', async () => {
    const controller = new AbortController()
    const reason = new Error('Ctrl-C')
    const meanwhile = assert.rejects(unlessAborted(never, controller.signal), reason)
    controller.abort(reason)
    await meanwhile
    await assert.rejects(unlessAborted(never, controller.signal), reason)
  })
})
