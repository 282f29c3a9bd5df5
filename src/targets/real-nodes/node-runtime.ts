import type { ContainerRuntimeClient } from 'testcontainers'
import { EnvironmentError } from '../errors'

/** How much of what a command has said an error message quotes, in characters. */
const quotedLength = 300

/** Where kubelets leave the uid of the pod that a container belongs to. */
const podUidLabel = 'io.kubernetes.pod.uid'

/** What a container's id starts with in the status of a pod. */
const idScheme = /^containerd:\/\//

/** The container runtime of one node, as somebody sees it who is logged in there. */
export class NodeRuntime {
  readonly #engine: ContainerRuntimeClient
  readonly #containerId: string
  readonly #node: string

  constructor(engine: ContainerRuntimeClient, containerId: string, node: string) {
    this.#engine = engine
    this.#containerId = containerId
    this.#node = node
  }

  /** The full names of all images on the node. */
  async images(): Promise<readonly string[]> {
    return linesOf(await this.#run(['ctr', 'images', 'ls', '-q']))
  }

  /** The uids of the pods of which a container runs. */
  async runningPods(): Promise<readonly string[]> {
    return podUidsIn(await this.#run(['crictl', 'ps', '--state', 'running', '-o', 'json']))
  }

  /** Kills the process of a container, as if it had crashed. */
  async kill(containerId: string): Promise<void> {
    const id = containerId.replace(idScheme, '')
    await this.#run(['ctr', 'tasks', 'kill', '--signal', 'SIGKILL', id])
  }

  async #run(command: readonly string[]): Promise<string> {
    const container = this.#engine.container.getById(this.#containerId)
    const { stdout, output, exitCode } = await this.#engine.container.exec(container, [...command])
    if (exitCode === 0) return stdout
    throw new EnvironmentError(
      `"${command.join(' ')}" failed on node ${this.#node} with exit code ${exitCode} (${output.trim().slice(0, quotedLength)})`,
      { mend: 'look into the log of the node' },
    )
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

/** Reads what `crictl ps -o json` has printed. */
export function podUidsIn(text: string): readonly string[] {
  const { containers = [] } = JSON.parse(text) as {
    readonly containers?: readonly { readonly labels?: Readonly<Record<string, string>> }[] | null
  }
  const uids = (containers ?? []).flatMap(({ labels = {} }) => labels[podUidLabel] ?? [])
  return [...new Set(uids)].sort()
}
