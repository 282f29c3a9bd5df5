import { formatQuantity } from '../kubernetes/quantity'
import type { Kind, KubernetesObject, ResourceQuota } from '../kubernetes/types'
import { hardOf } from './admission/quota-amounts'
import { usedOf } from './admission/resource-quota'
import { equalWhenStored } from './json-body'
import type { Store } from './store'

/**
 * Keeps `status.hard` and `status.used` of resource quotas true to what is in their namespaces.
 *
 * Works in a microtask after the changes of a turn, once per namespace that has quotas.
 *
 * @see API-212
 */
export class QuotaUsage {
  readonly #store: Store
  readonly #namespaces = new Set<string>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Takes note of a change; cheap where there are no quotas. */
  changed(kind: Kind, object: KubernetesObject): void {
    const { namespace } = object.metadata
    if (namespace === undefined || kind === 'Event') return
    if (this.#namespaces.has(namespace)) return
    if (!this.#store.has('ResourceQuota', namespace)) return
    if (this.#namespaces.size === 0) queueMicrotask(() => this.#refresh())
    this.#namespaces.add(namespace)
  }

  #refresh(): void {
    const namespaces = [...this.#namespaces]
    this.#namespaces.clear()
    for (const namespace of namespaces) {
      for (const object of this.#store.objects('ResourceQuota', namespace)) {
        this.#refreshOne(object as ResourceQuota)
      }
    }
  }

  #refreshOne(quota: ResourceQuota): void {
    const hard = hardOf(quota.spec?.hard)
    const used: Record<string, string> = {}
    for (const [name, nanos] of usedOf({ store: this.#store }, quota)) {
      used[name] = formatQuantity({ nanos, format: hard.get(name)?.format ?? 'DecimalSI' })
    }
    const status = { hard: quota.spec?.hard ?? {}, used }
    // The write comes back as a change of its own, and then finds nothing to do.
    if (equalWhenStored(quota.status, status)) return
    this.#store.put('ResourceQuota', { ...quota, status })
  }
}
