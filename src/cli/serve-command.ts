import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { removeKubeconfig, writeKubeconfig } from '../controlplane/gateway/kubeconfig'
import { joinNodes, serveCluster } from '../controlplane/gateway/served-cluster'
import type { Speed } from '../controlplane/gateway/time-driver'
import { wallClock } from '../controlplane/gateway/wall-clock'
import { startInProcessCluster } from '../controlplane/in-process-cluster'
import type { Draft } from '../kubernetes/types'
import { EnvironmentError } from '../targets/errors'
import { readManifests } from '../targets/manifest'
import { interruptible } from './interrupt'
import type { CliContext } from './program'

/** Where `dsc serve` writes and `dsc advance` reads the kubeconfig unless told otherwise. */
export const defaultKubeconfig = 'dsc.kubeconfig'

/** More nodes than this are a mistake in the command line. */
const nodesLimit = 10_000

interface ServeFlags {
  readonly nodes: number
  readonly fleet?: string
  readonly port: number
  readonly kubeconfig: string
  readonly speed: Speed
  readonly seed: number
  readonly quiet: boolean
}

/**
 * `dsc serve`: the in-process control plane behind HTTPS, for `kubectl` and everybody else.
 *
 * It runs until Ctrl-C or a termination request; for a server that is the intended end, so the exit code is 0.
 */
export function addServeCommand(program: Command, context: CliContext): void {
  program
    .command('serve')
    .description(
      'serve the in-process control plane over HTTPS, as kubectl expects one, until Ctrl-C (exit code 0)',
    )
    .addOption(
      new Option('--nodes <number>', 'how many simulated nodes join')
        .argParser(numberUpTo(nodesLimit))
        .default(3)
        .conflicts('fleet'),
    )
    .option('--fleet <file>', 'a file of Nodes that join instead, e.g. manifests/fleets/lab.yaml')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes a free one', numberUpTo(65_535), 0)
    .option('--kubeconfig <file>', 'where the kubeconfig goes', defaultKubeconfig)
    .addOption(
      new Option('--speed <speed>', 'how time passes: with the clock, ahead of it, or when told')
        .choices(['real', 'fast', 'manual'])
        .default('real'),
    )
    .option('--seed <number>', 'seed of names and uids', numberUpTo(999_999_999), 1)
    .option('--quiet', 'print nothing but the line that begins with "ready"', false)
    .action((flags: ServeFlags) => serve(flags, context))
}

async function serve(flags: ServeFlags, context: CliContext): Promise<void> {
  const startedAt = performance.now()
  const interrupt = interruptible()
  const fleet = fleetOf(flags, context)
  const cluster = await startInProcessCluster({ seed: flags.seed, startAt: Date.now() })
  await joinNodes(cluster, fleet)
  const { speed, port } = flags
  await using served = await serveCluster({ cluster, wallClock, speed, port }).catch(unreachable)
  const path = resolve(context.cwd, flags.kubeconfig)
  writeKubeconfig(path, served.access)
  const nodes = typeof fleet === 'number' ? fleet : fleet.length
  const took = Math.round(performance.now() - startedAt)
  context.stdout.write(`ready ${served.access.url} (${nodes} nodes, ${took} ms)\n`)
  if (!flags.quiet) {
    context.stdout.write(`  kubectl --kubeconfig ${path} get nodes\n  page: ${served.pageUrl}\n`)
  }
  await aborted(interrupt.signal)
  // Its token and its address mean nothing any more: a client that finds it would only fail to connect.
  removeKubeconfig(path, served.access)
  interrupt.end()
  cluster.stop()
}

function fleetOf({ fleet, nodes }: ServeFlags, { cwd }: CliContext): number | readonly Draft[] {
  if (fleet === undefined) return nodes
  return readManifests(resolve(cwd, fleet), { kind: 'Node' }).map(({ object }) => object)
}

function unreachable(error: unknown): never {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
  throw new EnvironmentError(message ?? code, {
    mend: 'choose another --port, or 0 for a free one',
  })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
}

function numberUpTo(limit: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,9}$/.test(text) || Number(text) > limit) {
      throw new InvalidArgumentError(`wanted a whole number from 0 to ${limit}`)
    }
    return Number(text)
  }
}
