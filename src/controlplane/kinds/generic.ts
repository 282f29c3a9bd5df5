import type { KubernetesObject, StoredMeta } from '../../kubernetes/types'
import type { Problems } from './checks'
import {
  checkMetadata,
  checkMetadataUpdate,
  checkStandardFinalizers,
  metadataForCreate,
  metadataForUpdate,
  type NameRules,
} from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

/** What one kind adds to what all kinds have in common; every part may be left out. */
export interface KindRules<T extends KubernetesObject> {
  readonly names: NameRules
  /**
   * What this kind finds once more of what was found in changed metadata for all kinds: the rules for `changes`
   * (the default), `all` rules, or `nothing`.
   */
  readonly repeats?: 'changes' | 'all' | 'nothing'
  /** Whether any finalizer will do; default: those without a domain must be known. */
  readonly freeFinalizers?: boolean
  /** `previous` is the stored object, where there is one: parts of it have their defaults. */
  defaults?(object: T, previous: T | undefined): T
  prepareForCreate?(object: T): T
  prepareForUpdate?(object: T, previous: T, subresource: string | undefined): T
  /** Rules that hold for new and for changed objects. */
  check?(problems: Problems, object: T): void
  /** Rules that compare a changed object with the stored one; default: `check`. */
  checkUpdate?(problems: Problems, object: T, previous: T): void
  /** Rules for a write to the status; default: none. */
  checkStatus?(problems: Problems, object: T, previous: T): void
  fieldsOf?(object: T): Readonly<Record<string, string>>
  readonly selectableFields?: readonly string[]
  readonly unconditionalUpdate?: boolean
  readonly createOnUpdate?: boolean
  warnings?(object: T, previous: T | undefined): readonly string[]
}

/** The strategy of a kind: the rules that all kinds have in common, and then its own. */
export function strategyOf<T extends KubernetesObject>(rules: KindRules<T>): Strategy<T> {
  return {
    defaults: (object, previous) => rules.defaults?.(object, previous) ?? object,
    prepareForCreate(object) {
      const prepared = withMetadata(object, metadataForCreate(object.metadata))
      return rules.prepareForCreate?.(prepared) ?? prepared
    },
    prepareForUpdate(object, previous, subresource) {
      const metadata = metadataForUpdate<StoredMeta>(object.metadata, previous.metadata)
      const prepared = withMetadata(object, metadata)
      return rules.prepareForUpdate?.(prepared, previous, subresource) ?? prepared
    },
    validateCreate: (object) => problemsOfCreate(rules, object),
    validateUpdate: (object, previous, subresource) =>
      problemsOfUpdate(rules, object, previous, subresource),
    fieldsOf: (object) => ({ ...metadataFields(object), ...rules.fieldsOf?.(object) }),
    selectableFields: ['metadata.name', 'metadata.namespace', ...(rules.selectableFields ?? [])],
    unconditionalUpdate: rules.unconditionalUpdate ?? true,
    createOnUpdate: rules.createOnUpdate ?? false,
    warnings: (object, previous) => {
      const own = rules.warnings?.(object, previous) ?? []
      const ofOwners = ownerWarnings(object)
      return ofOwners.length === 0 ? own : [...own, ...ofOwners]
    },
  }
}

function problemsOfCreate<T extends KubernetesObject>(rules: KindRules<T>, object: T): Problems {
  const own: Problems = []
  rules.check?.(own, object)
  // A kind that leaves metadata to the rules for all kinds is asked first, and its problems are the answer.
  if (rules.repeats === 'nothing' && own.length > 0) return own
  const problems: Problems = []
  checkMetadata(problems, object.metadata, rules.names)
  if (rules.freeFinalizers !== true) {
    checkStandardFinalizers(problems, object.metadata.finalizers)
  }
  return own.length === 0 ? problems : [...problems, ...own]
}

function problemsOfUpdate<T extends KubernetesObject>(
  rules: KindRules<T>,
  object: T,
  previous: T,
  subresource: string | undefined,
): Problems {
  const problems: Problems = []
  if (object.metadata !== previous.metadata) {
    const { names, repeats = 'changes' } = rules
    const all: Problems = []
    const changes: Problems = []
    checkMetadata(all, object.metadata, names)
    checkMetadataUpdate(changes, object.metadata, previous.metadata)
    problems.push(...all, ...changes)
    if (repeats !== 'nothing') problems.push(...changes)
    if (rules.freeFinalizers !== true) {
      checkStandardFinalizers(problems, object.metadata.finalizers)
    }
    if (repeats === 'all') problems.push(...all)
  }
  if (subresource === undefined) {
    if (rules.checkUpdate === undefined) rules.check?.(problems, object)
    else rules.checkUpdate(problems, object, previous)
  } else if (subresource === 'status') rules.checkStatus?.(problems, object, previous)
  return problems
}

/** The object with other metadata; the same object when the metadata is the same. */
export function withMetadata<T extends KubernetesObject>(object: T, metadata: StoredMeta): T {
  return object.metadata === metadata ? object : ({ ...object, metadata } as T)
}

/** The object with another generation, for the kinds that count theirs (API-185). */
export function withGeneration<T extends KubernetesObject>(object: T, generation: number): T {
  return withMetadata(object, changed<StoredMeta>(object.metadata, { generation }))
}

function metadataFields({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? '',
  }
}

/** Owners named twice are taken, with a warning (API-192). */
function ownerWarnings({ metadata }: KubernetesObject): readonly string[] {
  const references = metadata.ownerReferences ?? []
  if (references.length < 2) return []
  const counts = new Map<string, number>()
  for (const { uid } of references) counts.set(uid, (counts.get(uid) ?? 0) + 1)
  const repeated = [...counts].flatMap(([uid, count]) => (count > 1 ? [uid] : []))
  if (repeated.length === 0) return []
  return [
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  ]
}
