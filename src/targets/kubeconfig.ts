import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import { EnvironmentError, messageOf } from './errors'

/** The environment variables of the process, passed in. */
export interface Environment {
  readonly [name: string]: string | undefined
}

/**
 * Loads a kubeconfig as kubectl would: the given file, else `$KUBECONFIG`, else `~/.kube/config`.
 *
 * Throws an `EnvironmentError` that says what is wrong with it.
 */
export async function loadKubeConfig(options: {
  readonly path?: string
  readonly context?: string
  readonly environment: Environment
}): Promise<KubeConfig> {
  const paths = pathsOf(options.path, options.environment)
  const { KubeConfig } = await import('@kubernetes/client-node')
  const kubeConfig = new KubeConfig()
  for (const [index, path] of paths.entries()) {
    const part = index === 0 ? kubeConfig : new KubeConfig()
    readInto(part, path, (file) => part.loadFromFile(file))
    if (part !== kubeConfig) kubeConfig.mergeConfig(part, true)
  }
  if (options.context !== undefined) kubeConfig.setCurrentContext(options.context)
  checkContext(kubeConfig, paths.join(delimiter))
  return kubeConfig
}

/** Loads the text of a kubeconfig that a program has made. */
export async function kubeConfigOf(text: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromString(text)
  return kubeConfig
}

function pathsOf(path: string | undefined, environment: Environment): readonly string[] {
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((part) => part !== '')
  const home = join(environment['HOME'] ?? homedir(), '.kube', 'config')
  const candidates = path !== undefined ? [path] : listed.length > 0 ? listed : [home]
  const present = candidates.filter((candidate) => existsSync(candidate))
  if (present.length > 0) return present
  throw new EnvironmentError(`there is no kubeconfig at ${candidates.join(', ')}`, {
    mend: 'name one with kubeconfig:<path> or in KUBECONFIG',
  })
}

function readInto(kubeConfig: KubeConfig, path: string, load: (path: string) => void): void {
  try {
    load(path)
  } catch (cause) {
    throw new EnvironmentError(`the kubeconfig ${path} cannot be read (${messageOf(cause)})`, {
      mend: 'check the file with kubectl config view',
      cause,
    })
  }
  if (kubeConfig.clusters.length > 0) return
  throw new EnvironmentError(`the kubeconfig ${path} has no clusters`, {
    mend: 'check the file with kubectl config view',
  })
}

function checkContext(kubeConfig: KubeConfig, path: string): void {
  const wanted = kubeConfig.getCurrentContext()
  const names = kubeConfig.getContexts().map(({ name }) => name)
  if (!names.includes(wanted)) {
    const problem = wanted ? `has no context "${wanted}"` : 'has no current context'
    throw new EnvironmentError(`the kubeconfig ${path} ${problem}`, {
      mend: `use one of ${names.join(', ') || 'none, for there is no context at all'}`,
    })
  }
  const cluster = kubeConfig.getCurrentCluster()
  if (cluster === null || !URL.canParse(cluster.server)) {
    throw new EnvironmentError(`the context "${wanted}" of ${path} leads to no cluster`, {
      mend: 'check it with kubectl config view',
    })
  }
  if (kubeConfig.getCurrentUser() === null) {
    throw new EnvironmentError(`the context "${wanted}" of ${path} names a user that is missing`, {
      mend: 'check it with kubectl config view',
    })
  }
  // Without TLS there is nothing to verify; the library wants to hear that.
  if (cluster.server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true })
}
