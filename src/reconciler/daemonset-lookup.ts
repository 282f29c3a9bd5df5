import { isEmptySelector, labelSelectorMatcher } from '../kubernetes/label-selector'
import type { ControllerRevision, DaemonSet, OwnerReference, Pod } from '../kubernetes/types'
import type { ControllerContext } from './controller-context'

type Lookup = Pick<ControllerContext, 'caches' | 'daemonSetsByNamespace'>

/**
 * The DaemonSet that a controller reference means, if it is in the cache.
 *
 * A namesake with another uid is not meant; the reference's API version is not compared.
 *
 * @see QUEUE-04
 */
export function resolveControllerRef(
  namespace: string,
  reference: OwnerReference | undefined,
  { caches }: Lookup,
): DaemonSet | undefined {
  if (reference?.kind !== 'DaemonSet') return undefined
  const daemonSet = caches.daemonSets.get(daemonSetKey(namespace, reference.name))
  return daemonSet?.metadata.uid === reference.uid ? daemonSet : undefined
}

let latest: Record<'namespace' | 'name' | 'key', string> | undefined

/**
 * The cache and work key of a DaemonSet; the very same text for one pod of it after the other, as a text that is made
 * anew has to be read through before it can be looked up.
 */
export function daemonSetKey(namespace: string, name: string): string {
  if (latest?.namespace !== namespace || latest.name !== name) {
    latest = { namespace, name, key: `${namespace}/${name}` }
  }
  return latest.key
}

/**
 * The DaemonSets that would adopt an orphan: those of its namespace whose selector matches its labels.
 *
 * An object without labels, and a selector that asks for nothing, match nothing here.
 *
 * @see QUEUE-05 DELETE-14
 */
export function daemonSetsMatching(
  { metadata: { namespace, labels } }: Pod | ControllerRevision,
  { daemonSetsByNamespace }: Lookup,
): readonly DaemonSet[] {
  if (!labels || Object.keys(labels).length === 0) return []
  const matching: DaemonSet[] = []
  for (const daemonSet of daemonSetsByNamespace.in(namespace)) {
    const { selector } = daemonSet.spec
    if (!isEmptySelector(selector) && labelSelectorMatcher(selector)(labels))
      matching.push(daemonSet)
  }
  return matching
}
