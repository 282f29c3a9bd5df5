import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { writeKubeconfig } from '../../../controlplane/gateway/kubeconfig'
import { joinNodes, serveCluster } from '../../../controlplane/gateway/served-cluster'
import { wallClock } from '../../../controlplane/gateway/wall-clock'
import { startInProcessCluster } from '../../../controlplane/in-process-cluster'
import { messageOf } from '../../../targets/errors'
import { passed } from '../../../targets/passed'
import { complaintAbout } from './compare-outputs'
import { kubectlCommands } from './kubectl-commands'
import { findKubectl, type KubectlProgram } from './kubectl-program'
import { recordedOutputs } from './recorded-outputs'
import { type KubectlOutput, runKubectl } from './run-kubectl'

const recorded = recordedOutputs()
const recordedMinor = Number(/^v1\.(\d+)\./.exec(recorded.kubectl)?.[1])

/** The oldest kubectl that was held against the recording; `reworded` says what it words otherwise. */
const oldestMinor = 32

/** Time runs ahead of the wall, but never past it: kubectl tells ages by the wall. */
const startedAgo = 3_600_000
const step = { clusterMilliseconds: 250, wallMilliseconds: 10 } as const

async function outputsOfServed(program: string): Promise<readonly KubectlOutput[]> {
  const cluster = await startInProcessCluster({ startAt: wallClock.now() - startedAgo })
  await joinNodes(cluster, 3)
  const folder = mkdtempSync(join(tmpdir(), 'dsc-kubectl-outputs-'))
  const kubeconfig = join(folder, 'kubeconfig')
  try {
    await using served = await serveCluster({ cluster, wallClock, speed: 'manual', port: 0 })
    writeKubeconfig(kubeconfig, served.access)
    const pause = () => served.driver.advance(step.clusterMilliseconds)
    return await runKubectl(program, kubectlCommands, {
      client: cluster.client('test'),
      kubeconfig,
      pause,
      async during(command) {
        let isOver = false
        const over = () => {
          isOver = true
        }
        command.then(over, over)
        while (!isOver) {
          await pause()
          await passed(step.wallMilliseconds)
        }
      },
    })
  } finally {
    cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function kubectlOrReason(): KubectlProgram | string {
  const named = process.env['DSC_KUBECTL']
  try {
    return findKubectl(named)
  } catch (error) {
    // One that was asked for has to be there: nothing is skipped in silence where it is named.
    if (named !== undefined && named !== '') throw error
    return messageOf(error)
  }
}

/** Why outputs cannot be compared word by word on this machine. */
function reasonToSkip(found: KubectlProgram | string): string | false {
  if (typeof found === 'string') return found
  const { minor, version } = found
  if (minor >= oldestMinor && minor <= recordedMinor) return false
  const words = `outputs were recorded with kubectl ${recorded.kubectl}, and ${version} has other words`
  return `${words}: use 1.${oldestMinor} to 1.${recordedMinor}, or record again (npm run record:kubectl)`
}

const kubectl = kubectlOrReason()
const skip = reasonToSkip(kubectl)

describe('what kubectl shows of a served cluster and of a real one', { skip }, () => {
  if (typeof kubectl === 'string') return
  const { program, minor } = kubectl
  let outputs: readonly KubectlOutput[] = []
  before(async () => {
    outputs = await outputsOfServed(program)
  })

  it('is recorded for exactly the commands of the list', () => {
    const lines = kubectlCommands.map(({ line }) => line)
    assert.deepEqual(
      recorded.outputs.map(({ command }) => command),
      lines,
    )
  })

  for (const [index, command] of kubectlCommands.entries()) {
    it(`${index + 1}: kubectl ${command.line}`, () => {
      const real = recorded.outputs[index]
      const served = outputs[index]
      assert.ok(real !== undefined && served !== undefined, 'it was not run')
      const isSameMinor = minor === recordedMinor
      const complaint = complaintAbout({ command, real, served, isSameMinor })
      assert.ok(complaint === undefined, `kubectl ${command.line}: ${complaint}`)
    })
  }
})
