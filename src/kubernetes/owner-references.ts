import type { KubernetesObject, ObjectMeta, OwnerReference } from './types'

/** An object as far as its owners are concerned, stored or draft. */
interface Owned {
  readonly metadata?: Pick<ObjectMeta, 'ownerReferences'>
}

/** The owner reference that is marked as the controller; an object has at most one. */
export function controllerOf({ metadata }: Owned): OwnerReference | undefined {
  // A plain loop: this is asked of every pod in every state.
  for (const reference of metadata?.ownerReferences ?? []) {
    if (reference.controller === true) return reference
  }
  return undefined
}

/** Whether the owner, by its uid, is the object's controller: a namesake created later is not. */
export function isControlledBy(
  object: Owned,
  owner: { readonly metadata: { readonly uid: string } },
): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid
}

/**
 * The reference that makes the owner the controller of another object.
 *
 * @see MANAGE-45
 */
export function controllerReferenceTo(owner: KubernetesObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}
