import { isPodReady } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { StatusError } from '../../kubernetes/status-error'
import type { DaemonSet, Node, Pod, Taint } from '../../kubernetes/types'
import type { ScenarioCluster } from '../../targets/target'
import { ClusterState } from './cluster-state'
import { daemonSetName, type NodeStep, type PodStep, type Settings, type Step } from './history'
import { isLive, isTerminating } from './recount'
import { draftOf, pairsOf, patchOf } from './settings'
import { unrestOf } from './unrest'

/** How long a cluster may take to come to rest after one step: the pod garbage collector takes the longest. */
const restSeconds = 240

/**
 * One history on one cluster: carries out its steps through the same calls that the steps of the features use.
 *
 * What a step needs (the node, exactly one fitting pod) is looked up in what the cluster has shown so far.
 */
export class HistoryRun {
  readonly cluster: ScenarioCluster
  readonly state = new ClusterState()
  /** The nodes whose kubelet is silent, by their names in the cluster. */
  readonly stopped = new Set<string>()
  /** Where a node of the history has another name in this cluster. */
  names: ReadonlyMap<string, string> = new Map()

  constructor(cluster: ScenarioCluster) {
    this.cluster = cluster
  }

  /**
   * Carries the step out and tells it in the words of the features; `undefined` where it cannot happen.
   *
   * Requests that are refused count as carried out: the refusal is part of the observation.
   */
  async execute(step: Step): Promise<readonly string[] | undefined> {
    const act = this.#actOf(step)
    if (act === undefined) return undefined
    try {
      await act.run()
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
    }
    return act.lines
  }

  /** Lets everything happen that needs no time. */
  async drain(): Promise<void> {
    await this.cluster.elapse(0)
    this.state.catchUp(this.cluster.observation())
  }

  /** Waits until the cluster rests; tells what it has still to do when it does not. */
  async rest(withinSeconds = restSeconds): Promise<readonly string[]> {
    await this.cluster.settle()
    const deadline = this.cluster.clock.now() + withinSeconds * 1000
    for (;;) {
      const unrest = this.unrest()
      if (unrest.length === 0) return unrest
      const left = (deadline - this.cluster.clock.now()) / 1000
      if (left <= 0) return unrest
      const wait = this.cluster.eventually(
        'the cluster rests',
        () => this.unrest(),
        ({ length }) => length === 0,
        { withinSeconds: left },
      )
      // What it has still to do is told by the next look.
      await wait.catch((error: unknown) => {
        if ((error as Error).name !== 'ExpectationError') throw error
      })
      await this.cluster.settle()
    }
  }

  unrest(): readonly string[] {
    this.state.catchUp(this.cluster.observation())
    return unrestOf(this.state, { now: this.cluster.clock.now(), stopped: this.stopped })
  }

  #actOf(step: Step): Act | undefined {
    switch (step.step) {
      case 'node joins':
      case 'node leaves':
      case 'node stopped':
      case 'node resumed':
      case 'node cordoned':
      case 'node uncordoned':
        return this.#nodeAct(step.step, step.node)
      case 'label added':
      case 'label removed':
      case 'taint added':
      case 'taint removed':
        return this.#nodeChange(step)
      case 'pod deleted':
      case 'pod failed':
      case 'pod succeeded':
      case 'readiness lost':
      case 'readiness restored':
        return this.#podAct(step.step, step.node)
      case 'all pods deleted':
        return this.#deleteAllPods()
      case 'daemonset created':
        return this.#create(step.settings)
      case 'daemonset changed':
        return this.#change(step.settings)
      case 'daemonset deleted':
        return this.#delete(step)
      case 'revision deleted':
        return this.#deleteRevision(step.which)
      case 'time passes':
        return {
          lines: [`${step.seconds} seconds pass`],
          run: () => this.cluster.elapse(step.seconds),
        }
    }
  }

  #nodeAct(step: NodeStep, node: string): Act | undefined {
    const { nodes } = this.cluster
    const name = this.#nameOf(node)
    const found = this.state.nodes.get(name)
    if ((found === undefined) !== (step === 'node joins')) return undefined
    const act = (line: string, run: () => unknown): Act => ({ lines: [line], run })
    switch (step) {
      case 'node joins':
        return act(`the node "${name}" joins`, () =>
          nodes.join({ apiVersion: 'v1', kind: 'Node', metadata: { name } }),
        )
      case 'node leaves':
        return act(`the node "${name}" leaves`, () => {
          this.stopped.delete(name)
          return nodes.leave(name)
        })
      case 'node stopped':
        if (this.stopped.has(name)) return undefined
        return act(`the kubelet of "${name}" stops`, () => {
          this.stopped.add(name)
          nodes.stop(name)
        })
      case 'node resumed':
        if (!this.stopped.has(name)) return undefined
        return act(`the kubelet of "${name}" resumes`, () => {
          this.stopped.delete(name)
          nodes.resume(name)
        })
      case 'node cordoned':
        if (found?.spec?.unschedulable === true) return undefined
        return act(`"${name}" is cordoned`, () =>
          this.#patchNode(name, { spec: { unschedulable: true } }),
        )
      case 'node uncordoned':
        if (found?.spec?.unschedulable !== true) return undefined
        return act(`"${name}" is uncordoned`, () =>
          this.#patchNode(name, { spec: { unschedulable: null } }),
        )
    }
  }

  #nodeChange(
    step: Extract<Step, { readonly label: string } | { readonly key: string } | { taint: string }>,
  ): Act | undefined {
    const name = this.#nameOf(step.node)
    const node = this.state.nodes.get(name)
    if (node === undefined) return undefined
    const act = (line: string, body: object): Act => ({
      lines: [line],
      run: () => this.#patchNode(name, body),
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
        return this.#taintsAct(node, `the taint "${step.taint}" is added to "${name}"`, (taints) => [
          ...taints,
          taintOf(step.taint),
        ])
      case 'taint removed':
        if (!hasTaint(node, step.taint)) return undefined
        return this.#taintsAct(node, `the taint "${step.taint}" is removed from "${name}"`, (taints) =>
          taints.filter((taint) => !isSameTaint(taint, taintOf(step.taint))),
        )
    }
  }

  /** Taints are one value: a change writes all of them, as long as nobody else has written in between. */
  #taintsAct(
    { metadata, spec }: Node,
    line: string,
    change: (taints: readonly Taint[]) => readonly Taint[],
  ): Act {
    const { name, resourceVersion } = metadata
    const body = { metadata: { resourceVersion }, spec: { taints: change(spec?.taints ?? []) } }
    return { lines: [line], run: () => this.#patchNode(name, body) }
  }

  #podAct(step: PodStep, node: string): Act | undefined {
    const name = this.#nameOf(node)
    const pod = this.#onlyPodOn(name, step !== 'readiness restored')
    if (pod === undefined || this.stopped.has(name)) return undefined
    const { nodes, client, namespace } = this.cluster
    const key = `${namespace}/${pod.metadata.name}`
    const subject = `the daemon pod of "${daemonSetName}" on "${name}"`
    const act = (what: string, run: () => unknown): Act => ({ lines: [`${subject} ${what}`], run })
    switch (step) {
      case 'pod deleted':
        return act('is deleted', () =>
          client.delete('Pod', { name: pod.metadata.name, namespace }),
        )
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
  #onlyPodOn(node: string, ready: boolean): Pod | undefined {
    const { daemonSet } = this.state
    if (daemonSet === undefined) return undefined
    const pods = this.state.podsOf(daemonSet).filter((pod) => targetNodeNameOf(pod) === node)
    const [pod] = pods
    const fits = pod?.status?.phase === 'Running' && isLive(pod) && isPodReady(pod) === ready
    return pods.length === 1 && fits ? pod : undefined
  }

  #deleteAllPods(): Act | undefined {
    const { daemonSet } = this.state
    const pods = daemonSet === undefined ? [] : this.state.podsOf(daemonSet)
    if (pods.length === 0) return undefined
    const { client, namespace } = this.cluster
    return {
      lines: [`all daemon pods of "${daemonSetName}" are deleted`],
      run: async () => {
        const byName = pods.map(({ metadata }) => metadata.name).sort()
        for (const name of byName) await client.delete('Pod', { name, namespace })
      },
    }
  }

  #create(settings: Settings): Act | undefined {
    if (this.state.daemonSet !== undefined) return undefined
    const { client, namespace } = this.cluster
    return {
      lines: [`the DaemonSet "${daemonSetName}" is applied with`, ...tableOf(settings)],
      run: () => client.create('DaemonSet', draftOf(settings, namespace)),
    }
  }

  #change(settings: Settings): Act | undefined {
    const daemonSet = this.#present()
    if (daemonSet === undefined) return undefined
    const { client, namespace } = this.cluster
    const body = patchOf(settings, daemonSet)
    return {
      lines: [`the DaemonSet "${daemonSetName}" is changed to`, ...tableOf(settings)],
      run: () =>
        client.patch('DaemonSet', { name: daemonSetName, namespace }, { type: 'strategic', body }),
    }
  }

  #delete({ propagationPolicy }: Extract<Step, { readonly step: 'daemonset deleted' }>) {
    if (this.#present() === undefined) return undefined
    const { client, namespace } = this.cluster
    const policy = `the propagation policy "${propagationPolicy}"`
    return {
      lines: [`the DaemonSet "${daemonSetName}" is deleted with ${policy}`],
      run: () =>
        client.delete('DaemonSet', { name: daemonSetName, namespace }, { propagationPolicy }),
    }
  }

  #deleteRevision(which: 'current' | 'oldest'): Act | undefined {
    const daemonSet = this.#present()
    const revisions = daemonSet === undefined ? [] : this.state.revisionsOf(daemonSet)
    const revision = which === 'current' ? revisions.at(-1) : revisions[0]
    if (revision === undefined) return undefined
    const { client, namespace } = this.cluster
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
  #present(): DaemonSet | undefined {
    const { daemonSet } = this.state
    return daemonSet === undefined || isTerminating(daemonSet) ? undefined : daemonSet
  }

  #nameOf(node: string): string {
    return this.names.get(node) ?? node
  }

  async #patchNode(name: string, body: object): Promise<void> {
    await this.cluster.client.patch('Node', { name }, { type: 'strategic', body })
  }
}

/** What a step comes to on one cluster. */
interface Act {
  readonly lines: readonly string[]
  run(): unknown
}

function tableOf(settings: Settings): readonly string[] {
  const rows = Object.entries(settings)
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  | ${name.padEnd(width)} | ${value} |`)
}

function taintOf(text: string): Taint {
  const [, key = '', value, effect = ''] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
  return { key, effect, ...(value === undefined ? {} : { value }) }
}

function hasTaint({ spec }: Node, text: string): boolean {
  return (spec?.taints ?? []).some((taint) => isSameTaint(taint, taintOf(text)))
}

/** A node has one taint of a key and an effect. */
function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}
