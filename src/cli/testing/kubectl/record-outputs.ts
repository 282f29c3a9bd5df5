import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { wallClock } from '../../../controlplane/gateway/wall-clock'
import { SimulatedNodes } from '../../../controlplane/kubelet/simulated-nodes'
import type { Client, ObjectKey } from '../../../kubernetes/client'
import { seededRandom } from '../../../kubernetes/random'
import { StatusError } from '../../../kubernetes/status-error'
import type { Kind } from '../../../kubernetes/types'
import { EnvironmentError, UsageError } from '../../../targets/errors'
import { HttpClient } from '../../../targets/http-client'
import { HttpConnection } from '../../../targets/http-connection'
import { loadKubeConfig } from '../../../targets/kubeconfig'
import { passed } from '../../../targets/passed'
import { reachCluster } from '../../../targets/preflight'
import { watchUntil } from '../../../targets/watch-until'
import { interruptible } from '../../interrupt'
import { kubectlCommands } from './kubectl-commands'
import { findKubectl } from './kubectl-program'
import { type RecordedOutputs, recordedFile } from './recorded-outputs'
import { runKubectl } from './run-kubectl'

const pauseMilliseconds = 700

/** How long what the commands made may take to go, in milliseconds. */
const goneMilliseconds = 60_000

/** What the commands make, should they be interrupted. */
const leftovers: readonly (readonly [Kind, ObjectKey])[] = [
  ['DaemonSet', { namespace: 'default', name: 'fluentd-logging' }],
  ['DaemonSet', { namespace: 'default', name: 'ssd-monitor' }],
  ['Pod', { namespace: 'default', name: 'single' }],
  ['Namespace', { name: 'temp' }],
]

/** Runs the commands against the cluster of a kubeconfig and keeps what they showed. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { kubeconfig: { type: 'string' }, out: { type: 'string', default: recordedFile } },
  })
  if (values.kubeconfig === undefined) {
    throw new UsageError('wanted --kubeconfig <file> of a control plane without nodes')
  }
  const kubeconfig = resolve(values.kubeconfig)
  const kubectl = findKubectl(process.env['DSC_KUBECTL'])
  const config = await loadKubeConfig({ environment: process.env, path: kubeconfig })
  const connection = new HttpConnection(config)
  const version = await reachCluster(connection)
  const client = new HttpClient(connection, { name: 'daemonset-conformance', version })
  await refuseUsedCluster(client)
  const nodes = new SimulatedNodes({
    client: new HttpClient(connection, { name: 'kubelet', version }),
    clock: wallClock,
    random: seededRandom(1),
  })
  const interrupt = interruptible()
  const { signal } = interrupt
  await nodes.start()
  try {
    for (const name of ['node-1', 'node-2', 'node-3']) await nodes.join({ metadata: { name } })
    const pause = () => passed(pauseMilliseconds)
    const cluster = { client, kubeconfig, pause, signal }
    const outputs = await runKubectl(kubectl.program, kubectlCommands, cluster)
    const recorded: RecordedOutputs = {
      server: version.gitVersion,
      kubectl: kubectl.version,
      recordedAt: new Date(wallClock.now()).toISOString().slice(0, 10),
      outputs,
    }
    writeFileSync(values.out, `${JSON.stringify(recorded, undefined, 1)}\n`)
    console.log(`${outputs.length} outputs of kubectl ${kubectl.version} are in ${values.out}`)
  } catch (error) {
    if (!signal.aborted) throw error
    console.error('interrupted: nothing was recorded, and what the commands made is removed')
    process.exitCode = 130
  } finally {
    await removeAll(client)
    await untilGone(client)
    for (const name of nodes.names) await nodes.leave(name)
    nodes.halt()
    await client.deleteCollection('Event', { namespace: 'default' })
    await connection.close()
    interrupt.end()
  }
}

/** What is there already would be shown, and changed. */
async function refuseUsedCluster(client: Client): Promise<void> {
  for (const kind of ['Node', 'DaemonSet', 'Pod', 'Event'] as const) {
    const { items } = await client.list(kind, kind === 'Node' ? {} : { namespace: 'default' })
    const found = items.filter(({ metadata }) => !metadata.name.startsWith('kubernetes.'))
    if (found.length === 0) continue
    const name = found[0]?.metadata.name
    throw new EnvironmentError(`wanted a cluster that nobody uses, found ${kind} ${name}`, {
      mend: 'remove it, or use another control plane without nodes',
    })
  }
}

/** Pods end where their kubelets still are, so nodes have to outlive them. */
async function untilGone(client: Client): Promise<void> {
  for (const kind of ['DaemonSet', 'Pod'] as const) {
    const { isMet } = await watchUntil({
      client,
      clock: wallClock,
      kind,
      selection: { namespace: 'default' },
      isMet: (objects) => objects.length === 0,
      limitMilliseconds: goneMilliseconds,
    })
    if (!isMet) console.error(`a ${kind} in the namespace default does not go: remove it by hand`)
  }
}

async function removeAll(client: Client): Promise<void> {
  for (const [kind, key] of leftovers) {
    try {
      // A DaemonSet goes after its pods, and makes no more of them meanwhile.
      await client.delete(kind, key, { propagationPolicy: 'Foreground' })
    } catch (error) {
      if (!StatusError.is(error, 'NotFound')) throw error
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 3
})
