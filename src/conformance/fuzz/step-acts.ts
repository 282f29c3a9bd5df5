import { isPodReady } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import type { DaemonSet, Node, Pod, Taint } from '../../kubernetes/types'
import type { ScenarioCluster } from '../../targets/target'
import type { ClusterState } from './cluster-state'
import { daemonSetName, type NodeStep, type PodStep, type Settings, type Step } from './history'
import { isLive, isTerminating } from './recount'
import { draftOf, pairsOf, patchOf } from './settings'
import { hasTaint, isSameTaint, taintOf } from './taints'

/** Where steps happen. */
export interface Stage {
  readonly cluster: ScenarioCluster
  /** What the cluster has shown so far: what a step needs is looked up there. */
  readonly state: ClusterState
  /** The nodes whose kubelet is silent, by their names in the cluster. */
  readonly stopped: Set<string>
  /** Where a node of the history has another name in this cluster. */
  readonly names: ReadonlyMap<string, string>
}

/** What a step comes to on one cluster. */
export interface Act {
  readonly lines: readonly string[]
  run(): unknown
}

/** What a step comes to on the cluster; `undefined` where it cannot happen. */
export function actOf(step: Step, stage: Stage): Act | undefined {
  switch (step.step) {
    case 'node joins':
    case 'node leaves':
    case 'node stopped':
    case 'node resumed':
    case 'node cordoned':
    case 'node uncordoned':
      return nodeActOf(stage, step.step, step.node)
    case 'label added':
    case 'label removed':
    case 'taint added':
    case 'taint removed':
      return nodeChangeOf(stage, step)
    case 'pod deleted':
    case 'pod failed':
    case 'pod succeeded':
    case 'readiness lost':
    case 'readiness restored':
      return podActOf(stage, step.step, step.node)
    case 'all pods deleted':
      return allPodsDeleted(stage)
    case 'daemonset created':
      return created(stage, step.settings)
    case 'daemonset changed':
      return changed(stage, step.settings)
    case 'daemonset labelled':
      return labelled(stage, step.label)
    case 'daemonset deleted':
      return deleted(stage, step)
    case 'revision deleted':
      return revisionDeleted(stage, step.which)
    case 'time passes':
      return {
        lines: [`${step.seconds} seconds pass`],
        run: () => stage.cluster.elapse(step.seconds),
      }
  }
}

function nodeActOf(stage: Stage, step: NodeStep, node: string): Act | undefined {
  const { nodes } = stage.cluster
  const name = nameOn(stage, node)
  const found = stage.state.nodes.get(name)
  if ((found === undefined) !== (step === 'node joins')) return undefined
  const act = (line: string, run: () => unknown): Act => ({ lines: [line], run })
  switch (step) {
    case 'node joins':
      return act(`the node "${name}" joins`, () =>
        nodes.join({ apiVersion: 'v1', kind: 'Node', metadata: { name } }),
      )
    case 'node leaves':
      return act(`the node "${name}" leaves`, () => {
        stage.stopped.delete(name)
        return nodes.leave(name)
      })
    case 'node stopped':
      if (stage.stopped.has(name)) return undefined
      return act(`the kubelet of "${name}" stops`, () => {
        stage.stopped.add(name)
        nodes.stop(name)
      })
    case 'node resumed':
      if (!stage.stopped.has(name)) return undefined
      return act(`the kubelet of "${name}" resumes`, () => {
        stage.stopped.delete(name)
        nodes.resume(name)
      })
    case 'node cordoned':
      if (found?.spec?.unschedulable === true) return undefined
      return act(`"${name}" is cordoned`, () =>
        patchNode(stage, name, { spec: { unschedulable: true } }),
      )
    case 'node uncordoned':
      if (found?.spec?.unschedulable !== true) return undefined
      return act(`"${name}" is uncordoned`, () =>
        patchNode(stage, name, { spec: { unschedulable: null } }),
      )
  }
}

function nodeChangeOf(
  stage: Stage,
  step: Extract<
    Step,
    { readonly node: string } & ({ label: string } | { key: string } | { taint: string })
  >,
): Act | undefined {
  const name = nameOn(stage, step.node)
  const node = stage.state.nodes.get(name)
  if (node === undefined) return undefined
  const act = (line: string, body: object): Act => ({
    lines: [line],
    run: () => patchNode(stage, name, body),
  })
  switch (step.step) {
    case 'label added':
      return act(`the label "${step.label}" is added to "${name}"`, {
        metadata: { labels: pairsOf(step.label) },
      })
    case 'label removed':
      if (node.metadata.labels?.[step.key] === undefined) return undefined
      return act(`the label "${step.key}" is removed from "${name}"`, {
        metadata: { labels: { [step.key]: null } },
      })
    case 'taint added':
      if (hasTaint(node, step.taint)) return undefined
      return taintsActOf(
        stage,
        node,
        `the taint "${step.taint}" is added to "${name}"`,
        (taints) => [...taints, taintOf(step.taint)],
      )
    case 'taint removed':
      if (!hasTaint(node, step.taint)) return undefined
      return taintsActOf(
        stage,
        node,
        `the taint "${step.taint}" is removed from "${name}"`,
        (taints) => taints.filter((taint) => !isSameTaint(taint, taintOf(step.taint))),
      )
  }
}

/** Taints are one value: a change writes all of them, as long as nobody else has written in between. */
function taintsActOf(
  stage: Stage,
  { metadata, spec }: Node,
  line: string,
  change: (taints: readonly Taint[]) => readonly Taint[],
): Act {
  const { name, resourceVersion } = metadata
  const body = { metadata: { resourceVersion }, spec: { taints: change(spec?.taints ?? []) } }
  return { lines: [line], run: () => patchNode(stage, name, body) }
}

function podActOf(stage: Stage, step: PodStep, node: string): Act | undefined {
  const name = nameOn(stage, node)
  const pod = onlyPodOn(stage, name, step !== 'readiness restored')
  const isThere = stage.state.nodes.has(name) && !stage.stopped.has(name)
  if (pod === undefined || !isThere) return undefined
  const { nodes, client, namespace } = stage.cluster
  const key = `${namespace}/${pod.metadata.name}`
  const subject = `the daemon pod of "${daemonSetName}" on "${name}"`
  const act = (what: string, run: () => unknown): Act => ({ lines: [`${subject} ${what}`], run })
  switch (step) {
    case 'pod deleted':
      return act('is deleted', () => client.delete('Pod', { name: pod.metadata.name, namespace }))
    case 'pod failed':
      return act('fails', () => nodes.failPod(key))
    case 'pod succeeded':
      return act('succeeds', () => nodes.completePod(key))
    case 'readiness lost':
      return act('becomes unready', () => nodes.failReadiness(key))
    case 'readiness restored':
      return act('becomes ready', () => nodes.restoreReadiness(key))
  }
}

/** The one live daemon pod on a node, where it runs and is as ready as asked for. */
function onlyPodOn(stage: Stage, node: string, ready: boolean): Pod | undefined {
  const { daemonSet } = stage.state
  if (daemonSet === undefined) return undefined
  const pods = stage.state.podsOf(daemonSet).filter((pod) => targetNodeNameOf(pod) === node)
  const [pod] = pods
  const fits = pod?.status?.phase === 'Running' && isLive(pod) && isPodReady(pod) === ready
  return pods.length === 1 && fits ? pod : undefined
}

function allPodsDeleted(stage: Stage): Act | undefined {
  const { daemonSet } = stage.state
  const pods = daemonSet === undefined ? [] : stage.state.podsOf(daemonSet)
  if (pods.length === 0) return undefined
  const { client, namespace } = stage.cluster
  return {
    lines: [`all daemon pods of "${daemonSetName}" are deleted`],
    run: async () => {
      const byName = pods.map(({ metadata }) => metadata.name).sort()
      for (const name of byName) await client.delete('Pod', { name, namespace })
    },
  }
}

function created(stage: Stage, settings: Settings): Act | undefined {
  if (stage.state.daemonSet !== undefined) return undefined
  const { client, namespace } = stage.cluster
  return {
    lines: [`the DaemonSet "${daemonSetName}" is applied with`, ...tableOf(settings)],
    run: () => client.create('DaemonSet', draftOf(settings, namespace)),
  }
}

function changed(stage: Stage, settings: Settings): Act | undefined {
  const daemonSet = presentOf(stage)
  if (daemonSet === undefined) return undefined
  const { client, namespace } = stage.cluster
  const body = patchOf(settings, daemonSet)
  return {
    lines: [`the DaemonSet "${daemonSetName}" is changed to`, ...tableOf(settings)],
    run: () =>
      client.patch('DaemonSet', { name: daemonSetName, namespace }, { type: 'strategic', body }),
  }
}

function labelled(stage: Stage, label: string): Act | undefined {
  if (presentOf(stage) === undefined) return undefined
  const { client, namespace } = stage.cluster
  const patch = { type: 'merge', body: { metadata: { labels: pairsOf(label) } } } as const
  return {
    lines: [`the label "${label}" is added to the DaemonSet "${daemonSetName}"`],
    run: () => client.patch('DaemonSet', { name: daemonSetName, namespace }, patch),
  }
}

function deleted(
  stage: Stage,
  { propagationPolicy }: Extract<Step, { readonly step: 'daemonset deleted' }>,
): Act | undefined {
  if (presentOf(stage) === undefined) return undefined
  const { client, namespace } = stage.cluster
  const policy = `the propagation policy "${propagationPolicy}"`
  return {
    lines: [`the DaemonSet "${daemonSetName}" is deleted with ${policy}`],
    run: () =>
      client.delete('DaemonSet', { name: daemonSetName, namespace }, { propagationPolicy }),
  }
}

function revisionDeleted(stage: Stage, which: 'current' | 'oldest'): Act | undefined {
  const daemonSet = presentOf(stage)
  const revisions = daemonSet === undefined ? [] : stage.state.revisionsOf(daemonSet)
  const revision = which === 'current' ? revisions.at(-1) : revisions[0]
  if (revision === undefined) return undefined
  const { client, namespace } = stage.cluster
  const { name } = revision.metadata
  return {
    lines: [
      which === 'current'
        ? `the current revision of "${daemonSetName}" is deleted`
        : `revision ${revision.revision} of "${daemonSetName}" was deleted`,
    ],
    run: () => client.delete('ControllerRevision', { name, namespace }),
  }
}

/** The DaemonSet, unless it is on its way out. */
function presentOf(stage: Stage): DaemonSet | undefined {
  const { daemonSet } = stage.state
  return daemonSet === undefined || isTerminating(daemonSet) ? undefined : daemonSet
}

function nameOn(stage: Stage, node: string): string {
  return stage.names.get(node) ?? node
}

async function patchNode({ cluster }: Stage, name: string, body: object): Promise<void> {
  await cluster.client.patch('Node', { name }, { type: 'strategic', body })
}

function tableOf(settings: Settings): readonly string[] {
  const rows = Object.entries(settings)
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  | ${name.padEnd(width)} | ${value} |`)
}
