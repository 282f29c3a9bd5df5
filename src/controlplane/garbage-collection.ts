import type { DeleteOptions } from '../kubernetes/client'
import { type Resource, resources } from '../kubernetes/resources'
import type { KubernetesObject, OwnerReference } from '../kubernetes/types'

/** The finalizers through which the API server leaves work to the collector (GC-09, GC-11). */
export const foregroundFinalizer = 'foregroundDeletion'
export const orphanFinalizer = 'orphan'

/** What is known of an owner that a reference names. */
export type OwnerState = 'absent' | 'solid' | 'waiting'

/** The owners of a dependent, sorted (GC-03). */
export interface ClassifiedOwners {
  readonly solid: readonly OwnerReference[]
  readonly dangling: readonly OwnerReference[]
  /** Owners that are being deleted in the foreground and wait for the dependent. */
  readonly waiting: readonly OwnerReference[]
}

/** What the collector does about a dependent. */
export type DependentPlan =
  | { readonly kind: 'keep' }
  /** Some owner remains: the references to the others go (GC-05). */
  | { readonly kind: 'release'; readonly from: readonly OwnerReference[] }
  | {
      readonly kind: 'delete'
      readonly propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>
      /** Dependents of this one that must no longer hold it back, so that a circle of owners can go. */
      readonly unblocks: boolean
    }

/** Whether an owner object counts as one that waits for its dependents. */
export function ownerStateOf(owner: KubernetesObject | undefined, uid: string): OwnerState {
  if (owner === undefined || owner.metadata.uid !== uid) return 'absent'
  return isWaitingForDependents(owner) ? 'waiting' : 'solid'
}

export function isWaitingForDependents({ metadata }: KubernetesObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).includes(foregroundFinalizer)
  )
}

/** Sorts the owners by what is known of each. */
export function classify(
  owners: readonly OwnerReference[],
  stateOf: (owner: OwnerReference) => OwnerState,
): ClassifiedOwners {
  const states = owners.map((owner) => ({ owner, state: stateOf(owner) }))
  const inState = (wanted: OwnerState) =>
    states.filter(({ state }) => state === wanted).map(({ owner }) => owner)
  return { solid: inState('solid'), dangling: inState('absent'), waiting: inState('waiting') }
}

/** What is to be done about a dependent with these owners (GC-05 to GC-07). */
export function planFor(
  dependent: KubernetesObject,
  { solid, dangling, waiting }: ClassifiedOwners,
  hasDependents: boolean,
): DependentPlan {
  if (solid.length > 0) {
    const from = [...dangling, ...waiting]
    return from.length === 0 ? { kind: 'keep' } : { kind: 'release', from }
  }
  if (dangling.length === 0 && waiting.length === 0) return { kind: 'keep' }
  if (waiting.length > 0 && hasDependents) {
    return { kind: 'delete', propagationPolicy: 'Foreground', unblocks: true }
  }
  return { kind: 'delete', propagationPolicy: ownPolicyOf(dependent), unblocks: false }
}

/** Whether deleting the owner in the foreground has to wait for the dependent (GC-09). */
export function blocks(dependent: KubernetesObject, ownerUid: string): boolean {
  return (dependent.metadata.ownerReferences ?? []).some(
    ({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true,
  )
}

/** The resource that an owner reference names; absent: a kind that this control plane does not have. */
export function resourceOfOwner({ apiVersion, kind }: OwnerReference): Resource | undefined {
  const resource = (resources as Readonly<Record<string, Resource>>)[kind]
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return resource?.group === group ? resource : undefined
}

/** An object's own finalizers say how its dependents are to be treated (GC-06). */
function ownPolicyOf({ metadata }: KubernetesObject): 'Background' | 'Foreground' | 'Orphan' {
  const finalizers = metadata.finalizers ?? []
  if (finalizers.includes(orphanFinalizer)) return 'Orphan'
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background'
}
