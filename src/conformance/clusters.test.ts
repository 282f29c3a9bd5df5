import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EnvironmentError } from '../targets/errors'
import { type ClusterAccess, parseTarget, type StartedTarget } from '../targets/target'
import { startMore } from './clusters'

const access: ClusterAccess = {
  name: 'k3s',
  run: 'one',
  seed: 1,
  kubeconfig: '',
  version: { gitVersion: 'v1.36.2+k3s1', major: '1', minor: '36' },
  provenance: { image: 'k3s', imageId: 'sha256:1' },
}
const spec = parseTarget('k3s')

/** Clusters that are as well as nothing, and which of them are there. */
function engine(changes: Partial<ClusterAccess> = {}) {
  const there = new Set<string>()
  let started = 0
  return {
    there,
    start: async (): Promise<StartedTarget> => {
      const run = `more-${++started}`
      there.add(run)
      return {
        name: 'k3s',
        version: access.version.gitVersion,
        provenance: access.provenance,
        nodes: 'simulated',
        live: true,
        access: { ...access, run, ...changes },
        openScenario: () => Promise.reject(new Error('not here')),
        [Symbol.asyncDispose]: async () => void there.delete(run),
      }
    },
  }
}

describe('more clusters like the first', () => {
  it('are there until they are disposed of', async () => {
    const { there, start } = engine()
    const clusters = await startMore(access, 3, spec, { name: 'k3s' }, start)
    assert.deepEqual(
      clusters.accesses.map(({ run }) => run),
      ['one', 'more-1', 'more-2'],
    )
    assert.equal(there.size, 2)
    await clusters[Symbol.asyncDispose]()
    assert.equal(there.size, 0)
  })

  it('are all or none: one that does not start ends the others, with one message', async () => {
    const { there, start } = engine()
    let calls = 0
    let cutShort = 0
    const some = (): Promise<StartedTarget> => {
      if (++calls < 3) return start()
      return Promise.reject(new EnvironmentError('no disk', { mend: 'free some' }))
    }
    const heard: Parameters<typeof startMore>[4] = (_, { signal }) => {
      signal?.addEventListener('abort', () => {
        cutShort += 1
      })
      return some()
    }
    await assert.rejects(startMore(access, 4, spec, { name: 'k3s' }, heard), (error) => {
      assert.ok(error instanceof EnvironmentError)
      assert.match(error.message, /^one of 4 clusters did not start: no disk: free some; with/)
      return true
    })
    assert.equal(there.size, 0)
    assert.equal(cutShort, 3)
  })

  it('end with the reason of an interruption, and leave nothing', async () => {
    const { there, start } = engine()
    const signal = AbortSignal.abort(new Error('Ctrl-C'))
    const starting = async (): Promise<StartedTarget> => {
      await start()
      there.clear()
      throw signal.reason
    }
    await assert.rejects(
      startMore(access, 2, spec, { name: 'k3s', signal }, starting),
      (error) => error === signal.reason,
    )
    assert.equal(there.size, 0)
  })

  it('are refused where they are not like the first: the report speaks of one kind', async () => {
    const { there, start } = engine({ provenance: { image: 'k3s', imageId: 'sha256:2' } })
    const starting = startMore(access, 2, spec, { name: 'k3s' }, start)
    await assert.rejects(starting, /not like the first: its image has been replaced/)
    assert.equal(there.size, 0)
  })
})
