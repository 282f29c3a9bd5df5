import { timestampOf } from '../kubernetes/clock'
import { withCondition } from '../kubernetes/conditions'
import type { KubernetesObject, Namespace } from '../kubernetes/types'

/** An object that only waits for other controllers' finalizers counts as needing this long (GC-22). */
const finalizerSeconds = 15

/** What is left in a namespace, by resource. */
export type Remaining = ReadonlyMap<string, readonly KubernetesObject[]>

type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number]

/** How long what is left may still need, in seconds; 0 when nothing is left (GC-22). */
export function estimateOf(remaining: Remaining): number {
  let longest = 0
  for (const objects of remaining.values()) {
    for (const { metadata } of objects) {
      const own = metadata.deletionGracePeriodSeconds ?? 0
      const isHeld = (metadata.finalizers ?? []).length > 0
      longest = Math.max(longest, own, isHeld ? finalizerSeconds : 0)
    }
  }
  return longest
}

/** The conditions of a terminating namespace that tell what is left of it (GC-23, GC-24). */
export function deletionConditionsOf(
  { status }: Namespace,
  remaining: Remaining,
  now: number,
): readonly Condition[] {
  let conditions: readonly Condition[] = status?.conditions ?? []
  const lastTransitionTime = timestampOf(now)
  for (const { type, problem, fine } of checks(remaining)) {
    const parts =
      problem === undefined ? { status: 'False', ...fine } : { status: 'True', ...problem }
    conditions = withCondition(conditions, { type, ...parts, lastTransitionTime })
  }
  return conditions
}

interface Text {
  readonly reason: string
  readonly message: string
}

/** In the order in which they appear; each with what it says when all is well. */
function checks(remaining: Remaining): readonly { type: string; problem?: Text; fine: Text }[] {
  const content = contentText(remaining)
  const finalizers = finalizersText(remaining)
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      fine: { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      fine: {
        reason: 'ParsedGroupVersions',
        message: 'All legacy kube types successfully parsed',
      },
    },
    {
      type: 'NamespaceDeletionContentFailure',
      fine: {
        reason: 'ContentDeleted',
        message: 'All content successfully deleted, may be waiting on finalization',
      },
    },
    {
      type: 'NamespaceContentRemaining',
      ...(content === undefined
        ? {}
        : { problem: { reason: 'SomeResourcesRemain', message: content } }),
      fine: { reason: 'ContentRemoved', message: 'All content successfully removed' },
    },
    {
      type: 'NamespaceFinalizersRemaining',
      ...(finalizers === undefined
        ? {}
        : { problem: { reason: 'SomeFinalizersRemain', message: finalizers } }),
      fine: {
        reason: 'ContentHasNoFinalizers',
        message: 'All content-preserving finalizers finished',
      },
    },
  ]
}

function contentText(remaining: Remaining): string | undefined {
  const parts = [...remaining]
    .filter(([, objects]) => objects.length > 0)
    .map(([resource, objects]) => `${resource} has ${objects.length} resource instances`)
    .sort()
  return parts.length === 0 ? undefined : `Some resources are remaining: ${parts.join(', ')}`
}

function finalizersText(remaining: Remaining): string | undefined {
  const counts = new Map<string, number>()
  for (const objects of remaining.values()) {
    for (const { metadata } of objects) {
      for (const name of metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  if (counts.size === 0) return undefined
  const parts = [...counts].map(([name, count]) => `${name} in ${count} resource instances`).sort()
  return `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`
}
