import type { KubernetesObject } from '../../kubernetes/types'

/** How refusals call an object that may not have its name yet. */
export function nameInRefusal({ metadata }: KubernetesObject): string {
  if ((metadata.name ?? '') !== '') return metadata.name
  return metadata.generateName ?? ''
}
