import { delimiter } from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import type { Finding } from './doctor'
import { registryFinding } from './doctor-registry'
import { messageOf } from './errors'
import type { Environment } from './kubeconfig'
import { readImageArchive } from './real-nodes/image-archive'
import { type NodeNeed, nodeNeeds, probeNode } from './real-nodes/node-probe'
import { readRegistries, registriesYamlFor } from './real-nodes/registries'

/** The least memory that a server and two nodes need, in bytes. */
const neededMemoryBytes = 2 * 1024 ** 3

/** What the engine says about itself, as far as it matters for real nodes. */
export interface EngineFacts {
  readonly MemTotal?: number
  readonly CgroupVersion?: unknown
  readonly SecurityOptions?: readonly string[]
}

/** What the engine says that speaks against real nodes; nothing is started. */
export function engineFactFindings(facts: EngineFacts): readonly Finding[] {
  const { MemTotal = 0, CgroupVersion, SecurityOptions = [] } = facts
  const cgroups = String(CgroupVersion ?? 'unknown')
  const isRootless = SecurityOptions.some((option) => /^name=(?:rootless|userns)\b/.test(option))
  return [
    {
      name: 'cgroups',
      state: cgroups === '2' ? 'ok' : 'warning',
      detail: `version ${cgroups}`,
      ...(cgroups === '2'
        ? {}
        : {
            fix: 'only real nodes of Kubernetes 1.35 and newer need version 2: boot with systemd.unified_cgroup_hierarchy=1',
          }),
    },
    isRootless
      ? {
          name: 'privileges',
          state: 'warning',
          detail: 'the engine runs without root, or in a user namespace',
          fix: 'only real nodes (k3s?nodes=real:2) need privileged containers: use an engine that runs as root for them',
        }
      : { name: 'privileges', state: 'ok', detail: 'the engine can give them to real nodes' },
    MemTotal >= neededMemoryBytes
      ? { name: 'memory', state: 'ok', detail: `${gib(MemTotal)} GiB` }
      : {
          name: 'memory',
          state: 'warning',
          detail: `${gib(MemTotal)} GiB`,
          fix: `give the engine ${gib(neededMemoryBytes)} GiB, or use simulated nodes`,
        },
  ]
}

/** What a privileged container finds where real nodes would be; one is started for a moment. */
export async function probeFindings(
  engine: ContainerRuntimeClient,
  image: string,
): Promise<readonly Finding[]> {
  try {
    return findingsOfProbe(await probeNode(engine, image))
  } catch (error) {
    return [
      {
        name: 'real nodes',
        state: 'warning',
        detail: `a privileged container does not start (${messageOf(error)})`,
        fix: 'allow privileged containers, or use simulated nodes',
      },
    ]
  }
}

/** A finding for each thing that a node would lack. */
export function findingsOfProbe(missing: readonly NodeNeed[]): readonly Finding[] {
  const name = 'real nodes'
  if (missing.length === 0) return [{ name, state: 'ok', detail: 'find all that they need' }]
  return missing.map((need) => ({
    name,
    state: 'warning',
    detail: `would lack ${nodeNeeds[need].what}`,
    fix: nodeNeeds[need].fix,
  }))
}

/** Whether what the variables name as sources of images can be read. */
export async function imageSourceFindings(environment: Environment): Promise<readonly Finding[]> {
  const { DSC_PRELOAD = '', DSC_REGISTRY, DSC_REGISTRIES } = environment
  const findings: Finding[] = []
  const look = async (variable: string, work: () => Promise<string> | string) => {
    try {
      findings.push({ name: variable, state: 'ok', detail: await work() })
    } catch (error) {
      findings.push({
        name: variable,
        state: 'warning',
        detail: messageOf(error),
        fix: `correct ${variable} or unset it`,
      })
    }
  }
  for (const path of DSC_PRELOAD.split(delimiter).filter(Boolean)) {
    await look('DSC_PRELOAD', async () => (await readImageArchive(path)).images.join(', '))
  }
  if (DSC_REGISTRIES) {
    await look('DSC_REGISTRIES', () => readRegistries(DSC_REGISTRIES) && DSC_REGISTRIES)
  }
  if (DSC_REGISTRY) {
    await look('DSC_REGISTRY', () => registriesYamlFor(DSC_REGISTRY) && DSC_REGISTRY)
    if (findings.at(-1)?.state === 'ok') {
      findings.push(await registryFinding('registry of nodes', new URL(DSC_REGISTRY).origin))
    }
  }
  return findings
}

function gib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}
