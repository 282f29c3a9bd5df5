import type { KubernetesObject, ObjectMeta, OwnerReference } from '../kubernetes/types'

/** The same object with other metadata; the very same when the metadata is. */
export function withMetadata(object: KubernetesObject, metadata: ObjectMeta): KubernetesObject {
  return metadata === object.metadata ? object : ({ ...object, metadata } as KubernetesObject)
}

/** What the server decides about the metadata of a new object. */
export interface Birth {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly creationTimestamp: string
}

/** The metadata of a new object: what only the server may say is dropped or replaced (API-123, API-128). */
export function metadataAtBirth(given: ObjectMeta | undefined, birth: Birth): ObjectMeta {
  const metadata: Record<string, unknown> = { name: birth.name }
  const present = (given ?? {}) as Readonly<Record<string, unknown>>
  // Plain data has nothing enumerable beyond its own members.
  for (const key in present) {
    if (key !== 'name' && !serverOwned.has(key)) metadata[key] = present[key]
  }
  if (birth.namespace !== '') metadata['namespace'] = birth.namespace
  metadata['uid'] = birth.uid
  metadata['creationTimestamp'] = birth.creationTimestamp
  return metadata as ObjectMeta
}

const serverOwned: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'managedFields',
  'namespace',
  'resourceVersion',
  'selfLink',
  'uid',
])

/**
 * The metadata of an update: what was left out and is not the client's to drop comes from the stored object (API-151).
 *
 * A uid or a deletion that differs stays, for validation to refuse.
 */
export function metadataOfUpdate(object: KubernetesObject, previous: KubernetesObject): ObjectMeta {
  const { metadata } = object
  const stored: ObjectMeta = previous.metadata
  // Writes to the status carry the stored metadata itself.
  if (metadata === stored) return metadata
  const decided: ObjectMeta = {
    ...defined('name', stored.name),
    ...defined('namespace', stored.namespace),
    ...defined('uid', metadata.uid ?? stored.uid),
    ...defined('resourceVersion', stored.resourceVersion),
    ...defined('generation', stored.generation),
    ...defined('managedFields', stored.managedFields),
    ...defined('creationTimestamp', stored.creationTimestamp),
    ...defined('deletionTimestamp', metadata.deletionTimestamp ?? stored.deletionTimestamp),
    ...defined(
      'deletionGracePeriodSeconds',
      metadata.deletionGracePeriodSeconds ?? stored.deletionGracePeriodSeconds,
    ),
  }
  if (agrees(metadata, decided)) return metadata
  const { generation, managedFields, selfLink, ...rest } = metadata as ObjectMeta
  return { ...rest, ...decided }
}

const decidedKeys = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
] as const

function agrees(metadata: ObjectMeta, decided: ObjectMeta): boolean {
  return decidedKeys.every((key) => metadata[key] === decided[key])
}

function defined<K extends keyof ObjectMeta>(
  key: K,
  value: ObjectMeta[K] | undefined,
): { [Key in K]?: NonNullable<ObjectMeta[K]> } {
  return (value === undefined ? {} : { [key]: value }) as {
    [Key in K]?: NonNullable<ObjectMeta[K]>
  }
}

/** The object without owner references that repeat a uid, and the uids that were repeated (API-192). */
export function withoutRepeatedOwners(object: KubernetesObject): {
  readonly object: KubernetesObject
  readonly repeated: readonly string[]
} {
  const owners: readonly OwnerReference[] = object.metadata?.ownerReferences ?? []
  if (owners.length < 2) return { object, repeated: [] }
  const seen = new Set<string>()
  const repeated: string[] = []
  const ownerReferences = owners.filter(({ uid }) => {
    const known = seen.has(uid)
    if (known) repeated.push(uid)
    seen.add(uid)
    return !known
  })
  if (repeated.length === 0) return { object, repeated }
  return { object: withMetadata(object, { ...object.metadata, ownerReferences }), repeated }
}
