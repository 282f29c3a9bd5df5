import { isPodReady, isPodTerminal } from '../../kubernetes/conditions'
import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerRevisionHashLabel, templateGenerationAnnotation } from '../../kubernetes/pods'
import type { ControllerRevision, DaemonSet, Pod } from '../../kubernetes/types'
import type { Observation, ObservedEvent } from '../../targets/observation'
import type { Aliases } from './aliases'
import type { Milestone, Traces } from './normal-observation'

/**
 * What every object of an observation went through, as far as Kubernetes promises it.
 *
 * Milestones of one object are in the order in which they happened. Of the orders between objects only those are
 * told that one causes: which pod a node had when its next one was made, whether the next one was ready when the
 * old one was deleted, and whether a pod was made before its revision. Everything else, intermediate numbers of a
 * status and the interleaving of kubelets above all, is timing.
 */
export function tracesOf({ events }: Observation, aliases: Aliases): Traces {
  const traces = new Tracer(aliases)
  for (const event of events) traces.take(event)
  return traces.result()
}

/** A pod as it was when it was last seen. */
interface SeenPod {
  readonly alias: string
  readonly place: string
  bound: boolean
  ready: boolean
  /** How often it became ready; a crash loop is told once. */
  readyCount: number
  ended: boolean
  deleting: boolean
  /** Ended and to be deleted: whether it has gone already does not hold up its successor (MANAGE-11). */
  absent: boolean
  /** When its deletion was requested, in milliseconds since the scenario began. */
  deletedAt?: number
  gone: boolean
}

/**
 * Deletions so close together, in milliseconds, may be of one decision: their order is open, and neither pod was
 * spared for the other's sake.
 */
const togetherMilliseconds = 1000

class Tracer {
  readonly #aliases: Aliases
  readonly #traces = new Map<string, Milestone[]>()
  readonly #pods = new Map<string, SeenPod>()
  /** By revision hash: when the revision was made, to the second, as the API server says. */
  readonly #revisions = new Map<string, string>()
  readonly #podsBeforeRevision: { alias: string; hash: string; madeAt: string; index: number }[] =
    []
  readonly #deletedBeside: { alias: string; index: number; at: number; others: SeenPod[] }[] = []
  readonly #generations = new Map<string, { seen: string; observed: number; deleting: boolean }>()
  readonly #numbers = new Map<string, number>()

  constructor(aliases: Aliases) {
    this.#aliases = aliases
  }

  take(event: ObservedEvent): void {
    if (event.kind === 'Pod') this.#takePod(event)
    if (event.kind === 'DaemonSet') this.#takeDaemonSet(event)
    if (event.kind === 'ControllerRevision') this.#takeRevision(event)
  }

  result(): Traces {
    this.#tellBeside()
    for (const { alias, hash, madeAt, index } of this.#podsBeforeRevision) {
      const revision = this.#revisions.get(hash)
      const milestone = this.#traces.get(alias)?.[index]
      if (revision === undefined || milestone === undefined || revision <= madeAt) continue
      this.#traces
        .get(alias)
        ?.splice(index, 1, { ...milestone, what: `${milestone.what}, before its revision` })
    }
    return Object.fromEntries([...this.#traces].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  }

  #note(object: string, at: number, what: string): void {
    const trace = this.#traces.get(object) ?? []
    trace.push({ at, what })
    this.#traces.set(object, trace)
  }

  #takePod({ at, type, object }: ObservedEvent): void {
    const pod = object as Pod
    const seen = this.#pods.get(pod.metadata.uid) ?? this.#created(pod, at)
    if (seen.gone) return
    const note = (what: string): void => this.#note(seen.alias, at, what)
    if (!seen.deleting) this.#noteLife(pod, seen, note)
    if (!seen.deleting && (pod.metadata.deletionTimestamp !== undefined || type === 'DELETED')) {
      seen.deleting = true
      seen.deletedAt = at
      note('deletion requested')
      this.#noteBeside(seen, at)
    }
    seen.absent = pod.metadata.deletionTimestamp !== undefined && isPodTerminal(pod)
    if (type !== 'DELETED') return
    seen.gone = true
    note('gone')
  }

  /** What happens to a pod until its deletion is requested; later changes of its state are its kubelet's affair. */
  #noteLife({ spec, status, metadata }: Pod, seen: SeenPod, note: (what: string) => void): void {
    if (metadata.deletionTimestamp !== undefined) return
    if (!seen.bound && spec.nodeName !== undefined && spec.nodeName !== '') {
      seen.bound = true
      note(`bound to ${spec.nodeName}`)
    }
    const hasEnded = status.phase === 'Failed' || status.phase === 'Succeeded'
    if (!hasEnded) this.#noteReadiness(isPodReady({ spec, status, metadata } as Pod), seen, note)
    if (!hasEnded || seen.ended) return
    seen.ended = true
    seen.ready = false
    note(status.phase === 'Failed' ? 'failed' : 'succeeded')
  }

  #noteReadiness(ready: boolean, seen: SeenPod, note: (what: string) => void): void {
    if (ready === seen.ready) return
    seen.ready = ready
    if (ready) seen.readyCount += 1
    if (seen.readyCount <= maxReadyCount) note(ready ? 'ready' : 'unready')
  }

  #created(pod: Pod, at: number): SeenPod {
    const { metadata } = pod
    const alias = this.#aliases.of(pod)
    const place = metadata.generateName
      ? alias.replace(/#\d+$/, '')
      : `${alias}@${targetNodeNameOf(pod) ?? ''}`
    const others = [...this.#pods.values()].filter(
      (other) => other.place === place && !other.gone && !other.absent,
    )
    const beside = others.map((other) => numberOf(other.alias)).join(', ')
    const hash = metadata.labels?.[controllerRevisionHashLabel]
    const revision = hash === undefined ? 'no revision' : this.#aliases.in(hash)
    this.#note(alias, at, `created (${revision})${beside === '' ? '' : ` beside ${beside}`}`)
    if (hash !== undefined) {
      const madeAt = metadata.creationTimestamp ?? ''
      this.#podsBeforeRevision.push({
        alias,
        hash,
        madeAt,
        index: (this.#traces.get(alias)?.length ?? 1) - 1,
      })
    }
    const seen: SeenPod = {
      alias,
      place,
      bound: false,
      ready: false,
      readyCount: 0,
      ended: false,
      deleting: false,
      absent: false,
      gone: false,
    }
    this.#pods.set(metadata.uid, seen)
    return seen
  }

  /** Remembers which other pods of the same place were ready when the deletion of this one was requested. */
  #noteBeside(seen: SeenPod, at: number): void {
    const others = [...this.#pods.values()].filter(
      (other) => other !== seen && other.place === seen.place && other.ready && !other.deleting,
    )
    const index = (this.#traces.get(seen.alias)?.length ?? 1) - 1
    if (others.length > 0) this.#deletedBeside.push({ alias: seen.alias, index, at, others })
  }

  /** Tells beside which ready pods others were deleted, now that is known which of those stayed. */
  #tellBeside(): void {
    for (const { alias, index, at, others } of this.#deletedBeside) {
      const stayed = others.filter(
        ({ deletedAt = Number.POSITIVE_INFINITY }) => deletedAt - at > togetherMilliseconds,
      )
      const milestone = this.#traces.get(alias)?.[index]
      if (milestone === undefined || stayed.length === 0) continue
      const names = stayed.map((other) => numberOf(other.alias)).join(', ')
      const what = `${milestone.what} beside a ready ${names}`
      this.#traces.get(alias)?.splice(index, 1, { ...milestone, what })
    }
  }

  #takeDaemonSet({ at, type, object }: ObservedEvent): void {
    const { metadata, status } = object as DaemonSet
    const name = `DaemonSet ${this.#aliases.of(object)}`
    const before = this.#generations.get(metadata.uid)
    const template = metadata.annotations?.[templateGenerationAnnotation] ?? '?'
    const seen = `generation ${metadata.generation}, template ${template}`
    const observed = status?.observedGeneration ?? 0
    const deleting = metadata.deletionTimestamp !== undefined
    if (before?.seen !== seen) this.#note(name, at, seen)
    if (before !== undefined && observed < before.observed) {
      this.#note(name, at, `observedGeneration went back from ${before.observed} to ${observed}`)
    }
    if (deleting && before?.deleting !== true) this.#note(name, at, 'deletion requested')
    if (type === 'DELETED') this.#note(name, at, 'gone')
    this.#generations.set(metadata.uid, { seen, observed, deleting })
  }

  #takeRevision({ at, type, object }: ObservedEvent): void {
    const { metadata, revision } = object as ControllerRevision
    const name = `ControllerRevision ${this.#aliases.of(object)}`
    const hash = metadata.labels?.[controllerRevisionHashLabel]
    const before = this.#numbers.get(metadata.uid)
    if (hash !== undefined && !this.#revisions.has(hash)) {
      this.#revisions.set(hash, metadata.creationTimestamp ?? '')
    }
    if (before === undefined) this.#note(name, at, `created as ${revision}`)
    else if (before !== revision) this.#note(name, at, `renumbered to ${revision}`)
    if (type === 'DELETED') this.#note(name, at, 'gone')
    this.#numbers.set(metadata.uid, revision)
  }
}

/** Readiness that comes and goes more often than this depends on how long one looks. */
const maxReadyCount = 2

function numberOf(alias: string): string {
  return /#\d+$/.exec(alias)?.[0] ?? alias
}
