import type { ContainerRuntimeClient, StartedTestContainer, WaitStrategy } from 'testcontainers'
import { agentCommand, clusterEnvironment } from '../k3s-command'
import { logInto } from '../k3s-container'

/** Where an agent imports images from when it starts. */
const imagesFolder = '/var/lib/rancher/k3s/agent/images'

/** Where an agent looks for the registries to pull from. */
const registriesFile = '/etc/rancher/k3s/registries.yaml'

/** An archive of images for a node: a file of this machine, or its content. */
export interface PreloadedImages {
  /** Name of the file on the node; k3s imports in the order of names, and goes by their endings. */
  readonly name: string
  readonly from: { readonly path: string } | { readonly content: Buffer }
}

export interface AgentOptions {
  readonly image: string
  readonly nodeName: string
  readonly containerName: string
  readonly network: string
  readonly serverName: string
  readonly token: string
  readonly labels: Readonly<Record<string, string>>
  readonly preloaded: readonly PreloadedImages[]
  /** Content of a `registries.yaml`; absent: images come from where their names say. */
  readonly registries?: string
  readonly logFile?: string
  readonly created: (id: string) => void
}

/**
 * Starts a k3s agent: a node with a kubelet and a container runtime of its own.
 *
 * It needs a privileged container. Images are copied into it before it starts, so that an engine on another machine
 * will do as well.
 */
export async function startAgentContainer(options: AgentOptions): Promise<StartedTestContainer> {
  const { GenericContainer } = await import('testcontainers')
  class AgentContainer extends GenericContainer {
    constructor() {
      super(options.image)
      this.autoCleanup = false
      this.withName(options.containerName)
        .withHostname(options.nodeName)
        .withCommand(agentCommand(options.nodeName))
        .withEnvironment({ ...clusterEnvironment(options.token, options.serverName) })
        .withLabels({ ...options.labels })
        .withNetworkMode(options.network)
        .withPrivilegedMode()
        .withTmpFs({ '/run': 'rw', '/var/run': 'rw' })
        .withWaitStrategy(new Started())
      for (const { name, from } of options.preloaded) {
        const target = `${imagesFolder}/${name}`
        if ('path' in from) this.withCopyFilesToContainer([{ source: from.path, target }])
        else this.withCopyContentToContainer([{ content: from.content, target }])
      }
      const { registries, logFile } = options
      if (registries !== undefined) {
        this.withCopyContentToContainer([{ content: registries, target: registriesFile }])
      }
      if (logFile !== undefined) this.withLogConsumer(logInto(logFile))
    }

    protected override async containerCreated(id: string): Promise<void> {
      options.created(id)
    }
  }
  return await new AgentContainer().start()
}

/** Waits for nothing: whether a node is up, the cluster tells. */
class Started implements WaitStrategy {
  async waitUntilReady(): Promise<void> {}

  withStartupTimeout(): this {
    return this
  }

  isStartupTimeoutSet(): boolean {
    return false
  }

  getStartupTimeout(): number {
    return 0
  }
}

/** The program that is the shell of a running container, which in an image of k3s is a static busybox. */
export async function shellIn(engine: ContainerRuntimeClient, id: string): Promise<Buffer> {
  const { extract } = await import('tar-stream')
  const container = engine.container.getById(id)
  const command = ['sh', '-c', 'readlink -f /proc/$$/exe']
  const { stdout, output, exitCode } = await engine.container.exec(container, command)
  if (exitCode !== 0) throw new Error(`the image has no shell that says where it is (${output})`)
  const archive = await container.getArchive({ path: stdout.trim() })
  const reader = extract()
  archive.pipe(reader)
  const chunks: Buffer[] = []
  for await (const entry of reader) {
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array))
  }
  return Buffer.concat(chunks)
}
