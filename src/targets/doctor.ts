import { existsSync, promises as files, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { containerEngine, isImagePresent, k3sImageFor } from './container-engine'
import {
  type EngineFacts,
  engineFactFindings,
  imageSourceFindings,
  probeFindings,
} from './doctor-real-nodes'
import { registryFinding } from './doctor-registry'
import { messageOf } from './errors'
import type { Environment } from './kubeconfig'

/** One thing that a run needs, whether it is there, and how to mend it if not. */
export interface Finding {
  readonly name: string
  /** `warning`: only some targets cannot be used. */
  readonly state: 'ok' | 'warning' | 'problem'
  readonly detail: string
  readonly fix?: string
}

/** The least space that a run with k3s needs, in bytes. */
const neededBytes = 2 * 1024 ** 3

/** Looks at everything that runs depend on; changes nothing, starts nothing but the probe, and never throws. */
export async function findingsOf(options: {
  readonly environment: Environment
  readonly cwd: string
  /** The range of Node.js versions of the package, e.g. `^22.22 || ^24`. */
  readonly engines: string
  readonly image?: string
  /** Whether to start a privileged container for a moment, to see whether real nodes would find what they need. */
  readonly probe?: boolean
}): Promise<readonly Finding[]> {
  const { environment, cwd, probe = false } = options
  const image = k3sImageFor({ override: options.image, environment })
  const engine = await engineFindings(environment, image, probe)
  const isImageThere = engine.some(({ name, state }) => name === 'k3s image' && state === 'ok')
  return [
    nodeFinding(options.engines),
    ...engine,
    ...(isImageThere ? [] : [await registryFinding('registry', hubOf(environment))]),
    ...(await imageSourceFindings(environment)),
    await portFinding(),
    await diskFinding(cwd),
    kubeconfigFinding(environment),
  ]
}

function nodeFinding(engines: string): Finding {
  const { version } = process
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const isGood = (major === 22 && minor >= 22) || major === 24 || major >= 26
  return {
    name: 'Node.js',
    state: isGood ? 'ok' : 'problem',
    detail: `${version}, wanted ${engines}`,
    ...(isGood ? {} : { fix: 'run through npm scripts, which use the Node.js of node_modules' }),
  }
}

async function engineFindings(
  environment: Environment,
  image: string,
  probe: boolean,
): Promise<readonly Finding[]> {
  try {
    const engine = await containerEngine(environment)
    const { dockerode } = engine.container
    const [version, info] = await Promise.all([dockerode.version(), dockerode.info()])
    const socket = (dockerode.modem as { socketPath?: string }).socketPath
    return [
      {
        name: 'container engine',
        state: 'ok',
        detail: `${version.Version}, API ${version.ApiVersion}, ${version.Os}/${version.Arch}`,
      },
      { name: 'socket', state: 'ok', detail: `${socket ?? 'over the network'}, may be used` },
      ...engineFactFindings(info as EngineFacts),
      ...(await imageFindings(engine, image, probe)),
    ]
  } catch (error) {
    const [detail = '', ...fix] = messageOf(error).split(': ')
    return [
      {
        name: 'container engine',
        state: 'warning',
        detail: `${detail}; without one the reference is a recording`,
        fix: fix.join(': ') || 'start Docker or Podman, or set DOCKER_HOST',
      },
    ]
  }
}

async function imageFindings(
  engine: Awaited<ReturnType<typeof containerEngine>>,
  image: string,
  probe: boolean,
): Promise<readonly Finding[]> {
  if (await isImagePresent(engine, image)) {
    const findings = probe ? await probeFindings(engine, image) : []
    return [{ name: 'k3s image', state: 'ok', detail: image }, ...findings]
  }
  return [
    {
      name: 'k3s image',
      state: 'warning',
      detail: `${image} is not there; without it the reference is a recording`,
      fix: `docker pull ${image}; without a network: docker save ${image} elsewhere, docker load here; or name another one in DSC_K3S_IMAGE`,
    },
  ]
}

/** The registry that a missing image would come from. */
function hubOf(environment: Environment): string {
  const host = environment['TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX'] ?? 'registry-1.docker.io'
  return `https://${host.replace(/\/.*$/, '')}`
}

/** Whether a port of this machine can be opened: gateways and published ports need that. */
async function portFinding(): Promise<Finding> {
  const name = 'ports'
  const server = createServer()
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    return { name, state: 'ok', detail: `127.0.0.1 gives free ones, e.g. ${port}` }
  } catch (error) {
    const fix = 'allow the process to listen on 127.0.0.1'
    return { name, state: 'problem', detail: messageOf(error), fix }
  } finally {
    server.close()
  }
}

async function diskFinding(cwd: string): Promise<Finding> {
  const name = 'disk'
  try {
    const { bavail, bsize } = await files.statfs(cwd)
    const free = bavail * bsize
    const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free in ${cwd}`
    if (free >= neededBytes) return { name, state: 'ok', detail }
    const fix = 'make room: docker system prune, or another folder with --output'
    return { name, state: 'warning', detail, fix }
  } catch (error) {
    const fix = 'run in a folder that can be read'
    return { name, state: 'problem', detail: messageOf(error), fix }
  }
}

/** A kubeconfig is no need; but one that is named and not there is a trap. */
function kubeconfigFinding(environment: Environment): Finding {
  const name = 'kubeconfig'
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  const missing = listed.filter((path) => !existsSync(path))
  if (missing.length > 0) {
    const fix = 'correct KUBECONFIG or unset it'
    return { name, state: 'warning', detail: `${missing.join(', ')} does not exist`, fix }
  }
  const home = join(environment['HOME'] ?? '/', '.kube', 'config')
  const path = listed[0] ?? home
  if (!existsSync(path)) {
    return { name, state: 'ok', detail: 'none, so the target kubeconfig cannot be used' }
  }
  try {
    readFileSync(path)
    return { name, state: 'ok', detail: 'there, may be read' }
  } catch (error) {
    return { name, state: 'warning', detail: messageOf(error), fix: 'make it readable for you' }
  }
}
