import { semanticallyEqual } from '../kubernetes/canonical-json'
import type { LabelPredicate } from '../kubernetes/label-requirement'
import { labelSelectorMatcher } from '../kubernetes/label-selector'
import { targetNodeNameOf } from '../kubernetes/node-affinity'
import { controllerOf } from '../kubernetes/owner-references'
import type { DaemonSet, LabelSelector, OwnerReference, Pod } from '../kubernetes/types'
import { daemonSetKey } from './daemonset-lookup'
import { NodeSurvey, surveyOf } from './node-survey'
import type { Sight, Survey } from './observation'
import { byPreference, isGone, type PodMap } from './pod-map'

/**
 * All pods of a cluster, arranged the ways a DaemonSet controller asks for them and kept up to date pod by
 * pod, so that a sync costs nothing for the pods of others and little for its own.
 */
export class PodIndex {
  /** By the uid of the controlling DaemonSet, whether that exists or not. */
  readonly #controlled = new Map<string, ControlledPods[]>()
  /** Pods without a controller by namespace, there by name. */
  readonly #orphans = new Map<string, Map<string, Pod>>()
  /** By `namespace/name` of a DaemonSet: how many of its pods are bound to each node (QUEUE-20). */
  readonly #bound = new Map<string, Map<string, number>>()

  /** Takes a pod in, in place of the earlier state of it if there was one. */
  set(pod: Pod, previous: Pod | undefined): void {
    if (previous !== undefined && !isControlledAlike(pod, previous)) this.delete(previous)
    else if (previous !== undefined && pod.spec.nodeName === previous.spec.nodeName) {
      this.#store(pod)
      return
    } else if (previous !== undefined) this.#countBound(previous, -1)
    this.#store(pod)
    this.#countBound(pod, 1)
  }

  delete(pod: Pod): void {
    this.#countBound(pod, -1)
    const controller = controllerOf(pod)
    const { namespace, name } = pod.metadata
    if (controller === undefined) this.#orphans.get(namespace)?.delete(name)
    if (controller?.kind !== 'DaemonSet') return
    const pods = this.#podsOf(namespace, controller)
    pods.delete(pod)
    if (pods.isEmpty()) this.#forget(pods, controller.uid)
  }

  /** The pods whose controller reference names the DaemonSet by kind, name, namespace and uid. */
  controlledBy(daemonSet: DaemonSet): ControlledPods {
    const { namespace, ...reference } = daemonSet.metadata
    const pods = this.#podsOf(namespace, reference)
    pods.select(daemonSet.spec.selector)
    return pods
  }

  /** The pods of the namespace that nobody controls. */
  orphansIn(namespace: string): Iterable<Pod> {
    return this.#orphans.get(namespace)?.values() ?? []
  }

  /** Whether some pod of the DaemonSet of that name, of whatever uid, is bound to the node (QUEUE-20). */
  isBound(nodeName: string, daemonSetKey: string): boolean {
    return (this.#bound.get(daemonSetKey)?.get(nodeName) ?? 0) > 0
  }

  #store(pod: Pod): void {
    const controller = controllerOf(pod)
    const { namespace, name } = pod.metadata
    if (controller === undefined) {
      entryOf(this.#orphans, namespace, () => new Map<string, Pod>()).set(name, pod)
    } else if (controller.kind === 'DaemonSet') this.#podsOf(namespace, controller).set(pod)
  }

  /** A uid is not enough: a reference that errs in name or namespace is nobody's (MANAGE-48). */
  #podsOf(namespace: string, { name, uid }: Pick<OwnerReference, 'name' | 'uid'>): ControlledPods {
    const sameUid = this.#ofUid(uid)
    let pods = sameUid.find((one) => one.name === name && one.namespace === namespace)
    if (pods === undefined) {
      pods = new ControlledPods(namespace, name)
      sameUid.push(pods)
    }
    return pods
  }

  #ofUid(uid: string): ControlledPods[] {
    return entryOf(this.#controlled, uid, () => [])
  }

  #forget(pods: ControlledPods, uid: string): void {
    const left = this.#ofUid(uid).filter((one) => one !== pods)
    if (left.length === 0) this.#controlled.delete(uid)
    else this.#controlled.set(uid, left)
  }

  #countBound(pod: Pod, change: number): void {
    const { nodeName } = pod.spec
    const controller = controllerOf(pod)
    if (!nodeName || controller?.kind !== 'DaemonSet') return
    const key = daemonSetKey(pod.metadata.namespace, controller.name)
    const counts = entryOf(this.#bound, key, () => new Map<string, number>())
    const count = (counts.get(nodeName) ?? 0) + change
    if (count > 0) counts.set(nodeName, count)
    else if (counts.delete(nodeName) && counts.size === 0) this.#bound.delete(key)
  }
}

/** The pods that the controller reference of one DaemonSet is on. */
export class ControlledPods {
  readonly namespace: string
  /** Of the DaemonSet. */
  readonly name: string
  readonly #all = new Map<string, Pod>()
  readonly #byNode = new Map<string, readonly Pod[]>()
  /** Left out of the pod map (MANAGE-11), yet their revisions are live (HISTORY-24). */
  readonly #gone = new Map<string, Pod>()
  readonly #mismatched = new Map<string, Pod>()
  /** Nodes whose pods have changed since the last survey. */
  readonly #changed = new Set<string>()
  readonly #survey = new NodeSurvey()
  #selector: LabelSelector | undefined
  #matches: LabelPredicate = () => true

  constructor(namespace: string, name: string) {
    this.namespace = namespace
    this.name = name
  }

  /** Those that match the DaemonSet's selector, by node. */
  get podMap(): PodMap {
    return this.#byNode
  }

  /** All nodes at a glance, looking anew only at those whose pods have changed. */
  surveyOf(sight: Sight): Survey {
    // With pods that were adopted just now, there is another map.
    if (sight.pods !== this.#byNode) return surveyOf(sight)
    const survey = this.#survey.surveyOf(sight, this.#changed)
    this.#changed.clear()
    return survey
  }

  /** Those whose labels no longer match: to be released (MANAGE-50). */
  get mismatched(): Iterable<Pod> {
    return this.#mismatched.values()
  }

  /** Every pod that matches the selector, wherever it belongs. */
  *matching(): Iterable<Pod> {
    for (const [name, pod] of this.#all) if (!this.#mismatched.has(name)) yield pod
  }

  /** The hashes that pods carry: of the pod map, and of pods that are only left out of it for being gone. */
  liveHashes(hashOf: (pod: Pod) => string | undefined): Set<string> {
    const hashes = new Set<string>()
    const add = (pod: Pod) => {
      const hash = hashOf(pod)
      if (hash !== undefined) hashes.add(hash)
    }
    for (const pods of this.#byNode.values()) pods.forEach(add)
    for (const pod of this.#gone.values()) if (targetNodeNameOf(pod) !== undefined) add(pod)
    return hashes
  }

  isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** Sets the selector; pods may be known before their DaemonSet is. It never changes, but is read anew often. */
  select(selector: LabelSelector): void {
    const isKnown = this.#selector !== undefined && semanticallyEqual(selector, this.#selector)
    if (isKnown) return
    this.#selector = selector
    this.#matches = labelSelectorMatcher(selector)
    for (const pod of [...this.#all.values()])
      this.#file(pod, pod, this.#matches(pod.metadata.labels))
  }

  set(pod: Pod): void {
    const { name, labels } = pod.metadata
    const previous = this.#all.get(name)
    const isAlike = previous !== undefined && previous.metadata.labels === labels
    this.#file(pod, previous, isAlike ? !this.#mismatched.has(name) : this.#matches(labels))
  }

  #file(pod: Pod, previous: Pod | undefined, matches: boolean): void {
    const { name } = pod.metadata
    this.#all.set(name, pod)
    if (previous !== undefined) {
      if (matches && this.#replaceAlone(pod, previous)) return
      this.#takeOut(previous)
    }
    if (!matches) this.#mismatched.set(name, pod)
    else if (isGone(pod)) this.#gone.set(name, pod)
    else this.#putIn(pod)
  }

  delete(pod: Pod): void {
    const known = this.#all.get(pod.metadata.name)
    if (known === undefined) return
    this.#takeOut(known)
    this.#all.delete(pod.metadata.name)
  }

  /** The usual change, of a pod that is alone on its node and stays there. */
  #replaceAlone(pod: Pod, previous: Pod): boolean {
    const nodeName = targetNodeNameOf(pod)
    if (nodeName === undefined || isGone(pod)) return false
    const present = this.#byNode.get(nodeName)
    if (present?.length !== 1 || present[0] !== previous) return false
    this.#put(nodeName, [pod])
    return true
  }

  #putIn(pod: Pod): void {
    const nodeName = targetNodeNameOf(pod)
    if (nodeName === undefined) return // PLACE-45
    const present = this.#byNode.get(nodeName)
    this.#put(nodeName, present === undefined ? [pod] : [...present, pod].sort(byPreference))
  }

  #put(nodeName: string, pods: readonly Pod[]): void {
    this.#changed.add(nodeName)
    if (pods.length === 0) this.#byNode.delete(nodeName)
    else this.#byNode.set(nodeName, pods)
  }

  #takeOut(pod: Pod): void {
    const { name } = pod.metadata
    if (this.#mismatched.delete(name) || this.#gone.delete(name)) return
    const nodeName = targetNodeNameOf(pod)
    if (nodeName === undefined) return
    this.#put(nodeName, this.#byNode.get(nodeName)?.filter((one) => one !== pod) ?? [])
  }
}

/** Whether both states of a pod have the same controller. */
function isControlledAlike(a: Pod, b: Pod): boolean {
  if (a.metadata.ownerReferences === b.metadata.ownerReferences) return true
  const left = controllerOf(a)
  const right = controllerOf(b)
  return left?.uid === right?.uid && left?.kind === right?.kind && left?.name === right?.name
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, initial: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = initial()
    map.set(key, value)
  }
  return value
}
