import type { PodSpec } from '../../kubernetes/types'

/** What pods of one template do not share. */
const ownFields: ReadonlySet<string> = new Set(['affinity', 'nodeName'])

/**
 * What was found out about specs, remembered for as long as they consist of the same frozen parts; affinity and node,
 * which daemon pods do not share, do not count.
 */
export class SharedParts<Result extends object> {
  /** By list of containers, which is the largest part of what pods share. */
  readonly #found = new WeakMap<
    object,
    { readonly path: string; readonly spec: PodSpec; readonly result: Result }
  >()

  /** The result for a spec of the same parts at the same path. */
  get(path: string, spec: PodSpec): Result | undefined {
    const { containers } = spec
    const known = containers && this.#found.get(containers)
    return known?.path === path && sharesAll(known.spec, spec) ? known.result : undefined
  }

  /** Remembers the result, unless the spec has parts that may still change. */
  set(path: string, spec: PodSpec, result: Result): void {
    const { containers } = spec
    if (containers !== undefined && isFrozen(spec))
      this.#found.set(containers, { path, spec, result })
  }
}

function sharesAll(a: PodSpec, b: PodSpec): boolean {
  return hasAll(a, b) && hasAll(b, a)
}

function hasAll(a: PodSpec, b: PodSpec): boolean {
  for (const key in a) {
    if (a[key as keyof PodSpec] !== b[key as keyof PodSpec] && !ownFields.has(key)) return false
  }
  return true
}

function isFrozen(spec: PodSpec): boolean {
  return Object.entries(spec).every(
    ([key, value]) => ownFields.has(key) || typeof value !== 'object' || Object.isFrozen(value),
  )
}
