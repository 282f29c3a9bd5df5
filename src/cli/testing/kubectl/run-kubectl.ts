import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '../../../kubernetes/client'
import type { KubectlCommand } from './kubectl-commands'
import { normalOutput } from './normal-output'

/** What a command showed, in normal form. */
export interface KubectlOutput {
  readonly command: string
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

/** A cluster that commands are run against. */
export interface CommandedCluster {
  readonly client: Client
  readonly kubeconfig: string
  /** Lets the cluster come further. */
  pause(): Promise<void>
  /** Aborted: no further command is run, and the running one is ended. */
  readonly signal?: AbortSignal
  /** Runs alongside a command; moves time where it does not move by itself. */
  during?(command: Promise<unknown>): Promise<void>
}

/** Longer than any command takes that waits for something. */
const commandMilliseconds = 120_000

/** How often one looks whether a cluster has come to rest. */
const looks = 600

/** Reads that follow each other are run together: most of their time is the start of a process. */
const readsAtOnce = 4

const readVerbs = new Set(['get', 'describe', 'explain', 'api-resources', 'api-versions', 'auth'])

/**
 * Runs the commands in their order, each on a cluster at rest unless it says otherwise.
 *
 * @throws whatever the signal was aborted with
 */
export async function runKubectl(
  program: string,
  commands: readonly KubectlCommand[],
  cluster: CommandedCluster,
): Promise<readonly KubectlOutput[]> {
  using folder = manifestFolder()
  const outputs: KubectlOutput[] = []
  for (const group of groupsOf(commands)) {
    if (group[0]?.atOnce !== true) await untilAtRest(cluster, outputs.at(-1)?.command)
    const run = Promise.all(group.map((command) => output(program, command, cluster, folder.path)))
    if (!isRead(group[0])) await cluster.during?.(run)
    outputs.push(...(await run))
    cluster.signal?.throwIfAborted()
  }
  return outputs
}

function isRead(command: KubectlCommand | undefined): boolean {
  return readVerbs.has(command?.line.split(' ', 1)[0] ?? '')
}

function groupsOf(commands: readonly KubectlCommand[]): readonly (readonly KubectlCommand[])[] {
  const groups: KubectlCommand[][] = []
  for (const command of commands) {
    const last = groups.at(-1)
    const joins = last !== undefined && last.length < readsAtOnce && isRead(last[0])
    if (joins && isRead(command)) last.push(command)
    else groups.push([command])
  }
  return groups
}

interface Folder extends Disposable {
  readonly path: string
}

/** Where the commands are run: the manifests they name, and kubectl's caches. */
function manifestFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'dsc-kubectl-outputs-'))
  const manifests = join(__dirname, ...['..', '..', '..', '..', 'manifests'])
  for (const name of ['basic-daemonset.yaml', 'daemonset-node-selector.yaml']) {
    copyFileSync(join(manifests, name), join(path, name))
  }
  const basic = readFileSync(join(manifests, 'basic-daemonset.yaml'), 'utf8')
  writeFileSync(join(path, 'new.yaml'), basic.replace(/image: .*/, 'image: other:v9'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function output(
  program: string,
  command: KubectlCommand,
  cluster: CommandedCluster,
  folder: string,
): Promise<KubectlOutput> {
  const { line, input = '', editor = 'false' } = command
  const { signal } = cluster
  const args = line.replace('POD', await podOnFirstNode(line, cluster.client)).split(' ')
  const env = {
    PATH: process.env['PATH'],
    TZ: 'UTC',
    LC_ALL: 'C',
    HOME: folder,
    KUBECONFIG: cluster.kubeconfig,
    KUBE_EDITOR: editor,
  }
  const { code, out, err } = await new Promise<{ code: number; out: string; err: string }>(
    (done) => {
      const child = execFile(
        program,
        args,
        { cwd: folder, env, timeout: commandMilliseconds, ...(signal && { signal }) },
        (error, out, err) =>
          done({ code: error === null ? 0 : Number(error.code ?? Number.NaN), out, err }),
      )
      child.stdin?.end(input)
    },
  )
  const kept = command.digested === true ? digestOf(out) : normalOutput(out, command)
  return { command: line, code, out: kept, err: normalOutput(err, command) }
}

function digestOf(text: string): readonly string[] {
  return [`sha256 ${createHash('sha256').update(text).digest('hex')}`]
}

async function podOnFirstNode(line: string, client: Client): Promise<string> {
  if (!line.includes('POD')) return ''
  const { items } = await client.list('Pod', { fieldSelector: 'spec.nodeName=node-1' })
  const [pod] = items
  if (pod === undefined) throw new Error(`kubectl ${line}: there is no pod on node-1`)
  return pod.metadata.name
}

/** Waits until every DaemonSet has what it wants, no pod is on its way, and nothing more is recorded about it. */
async function untilAtRest(cluster: CommandedCluster, after: string | undefined): Promise<void> {
  let before = ''
  let found = ''
  for (let look = 0; look < looks; look++) {
    cluster.signal?.throwIfAborted()
    found = await stateOf(cluster.client)
    if (!found.includes('unsettled') && found === before) return
    before = found
    await cluster.pause()
  }
  throw new Error(`wanted a cluster at rest after kubectl ${after}, found ${found}`)
}

async function stateOf(client: Client): Promise<string> {
  const { items: daemonSets } = await client.list('DaemonSet')
  const { items: pods } = await client.list('Pod')
  const { items: events } = await client.list('Event')
  const sets = daemonSets.map(({ metadata, status = {} }) => {
    const { desiredNumberScheduled: desired, currentNumberScheduled: current } = status
    const { updatedNumberScheduled: updated = 0, numberAvailable: available = 0 } = status
    const isSettled =
      status.observedGeneration === metadata.generation &&
      [current, updated, available].every((count) => count === desired) &&
      status.numberMisscheduled === 0
    return `${metadata.name} ${isSettled ? 'settled' : 'unsettled'}`
  })
  const states = pods.map(({ metadata, status }) => {
    const isReady = status?.conditions?.some(
      ({ type, status: is }) => type === 'Ready' && is === 'True',
    )
    const isSettled = isReady === true && metadata.deletionTimestamp === undefined
    return `${metadata.name} ${isSettled ? 'settled' : 'unsettled'}`
  })
  const recorded = events.reduce((sum, { count = 1 }) => sum + (count ?? 1), 0)
  return [...sets, ...states, `${recorded} events`].join(', ')
}
