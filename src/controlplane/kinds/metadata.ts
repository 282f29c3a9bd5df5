import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../kubernetes/names'
import type { ObjectMeta, OwnerReference, StoredMeta } from '../../kubernetes/types'
import {
  checkAnnotations,
  checkFormat,
  checkImmutable,
  checkLabels,
  checkNonNegative,
  checkQualifiedName,
  type Problems,
} from './checks'
import { forbidden, invalidValue, required } from './field-error'
import { changed, remembering } from './structure'

/** What a kind says of the names of its objects. */
export interface NameRules {
  readonly namespaced: boolean
  readonly nameErrors: (name: string) => readonly string[]
}

/** Names of most kinds: DNS subdomains (API-133). */
export const subdomainNames: NameRules = { namespaced: true, nameErrors: dns1123SubdomainErrors }

/** The same for kinds that live in no namespace. */
export const clusterNames: NameRules = { namespaced: false, nameErrors: dns1123SubdomainErrors }

/** Names of the kinds whose own rules ask for nothing but a usable segment of a URL. */
export const pathNames: NameRules = { namespaced: true, nameErrors: pathSegmentErrors }

/** Metadata as a create stores it: what only the server may say of deletion is gone (API-128). */
export function metadataForCreate<M extends ObjectMeta>(metadata: M): M {
  return changed<ObjectMeta>(metadata, {
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
  }) as M
}

/** Metadata as an update stores it: the server's own fields stay as they are (API-151). */
export function metadataForUpdate<M extends StoredMeta>(metadata: M, previous: M): M {
  // Most writes to a status carry the stored metadata itself.
  if (metadata === previous) return metadata
  return changed<StoredMeta>(metadata, {
    uid: metadata.uid || previous.uid,
    creationTimestamp: previous.creationTimestamp,
    generation: previous.generation,
    deletionTimestamp: previous.deletionTimestamp ?? metadata.deletionTimestamp,
    deletionGracePeriodSeconds:
      metadata.deletionGracePeriodSeconds ?? previous.deletionGracePeriodSeconds,
    selfLink: undefined,
  }) as M
}

/** All that can be wrong with the metadata of a new object (API-33, API-34, API-192). */
export function checkMetadata(problems: Problems, metadata: ObjectMeta, rules: NameRules): void {
  const { name, generateName, namespace } = metadata
  if (generateName) {
    const messages = generatedNameErrors(generateName, rules.nameErrors)
    checkFormat(problems, 'metadata.generateName', generateName, messages)
  }
  if (!name) problems.push(required('metadata.name', 'name or generateName is required'))
  else checkFormat(problems, 'metadata.name', name, rules.nameErrors(name))
  if (rules.namespaced) checkNamespace(problems, namespace)
  else if (namespace) {
    problems.push(forbidden('metadata.namespace', 'not allowed on this type'))
  }
  checkNonNegative(problems, 'metadata.generation', metadata.generation)
  checkCommon(problems, metadata)
  checkFinalizers(problems, metadata.finalizers)
}

/** Names made from it may end differently, so a dash at its end is fine; one object after the other has the same. */
function generatedNameErrors(
  generateName: string,
  nameErrors: NameRules['nameErrors'],
): readonly string[] {
  if (latestGenerated.generateName !== generateName || latestGenerated.nameErrors !== nameErrors) {
    const messages = nameErrors(generateName.replace(/(?<=.)-$/, 'a'))
    latestGenerated = { generateName, nameErrors, messages }
  }
  return latestGenerated.messages
}

let latestGenerated: {
  readonly generateName: string
  readonly nameErrors: NameRules['nameErrors'] | undefined
  readonly messages: readonly string[]
} = { generateName: '', nameErrors: undefined, messages: [] }

/** All that can be wrong with changed metadata (API-55, API-151, API-203). */
export function checkMetadataUpdate(
  problems: Problems,
  metadata: StoredMeta,
  previous: StoredMeta,
): void {
  if (previous.deletionTimestamp !== undefined) checkNoNewFinalizers(problems, metadata, previous)
  checkImmutable(problems, 'metadata.name', metadata.name, previous.name)
  checkImmutable(problems, 'metadata.namespace', metadata.namespace, previous.namespace)
  checkImmutable(problems, 'metadata.uid', metadata.uid, previous.uid)
  checkImmutable(
    problems,
    'metadata.deletionTimestamp',
    metadata.deletionTimestamp,
    previous.deletionTimestamp,
  )
  checkImmutable(
    problems,
    'metadata.deletionGracePeriodSeconds',
    metadata.deletionGracePeriodSeconds,
    previous.deletionGracePeriodSeconds,
  )
  checkCommon(problems, metadata)
}

/** A finalizer without a domain must be one of the known ones (API-203). */
export function checkStandardFinalizer(problems: Problems, path: string, finalizer: string): void {
  if (finalizer.includes('/') || standardFinalizers.includes(finalizer)) return
  const detail = 'name is neither a standard finalizer name nor is it fully qualified'
  problems.push(invalidValue(path, finalizer, detail))
}

const standardFinalizers: readonly string[] = ['kubernetes', 'orphan', 'foregroundDeletion']

/** The problems of labels, which the objects of a controller share. */
const labelProblems = remembering((labels: Readonly<Record<string, string>>) => {
  const problems: Problems = []
  checkLabels(problems, 'metadata.labels', labels)
  return problems
})

function checkCommon(problems: Problems, metadata: ObjectMeta): void {
  if (metadata.labels !== undefined) problems.push(...labelProblems(metadata.labels))
  checkAnnotations(problems, 'metadata.annotations', metadata.annotations)
  if (metadata.ownerReferences !== undefined) {
    problems.push(...ownerProblems(metadata.ownerReferences))
  }
}

/** The problems of references to owners, which the dependents of one owner share. */
const ownerProblems = remembering((references: readonly OwnerReference[]) => {
  const problems: Problems = []
  checkOwners(problems, references)
  return problems
})

function checkNamespace(problems: Problems, namespace: string | undefined): void {
  if (!namespace) problems.push(required('metadata.namespace'))
  else checkFormat(problems, 'metadata.namespace', namespace, dns1123LabelErrors(namespace))
}

function checkOwners(problems: Problems, references: readonly OwnerReference[]): void {
  const path = 'metadata.ownerReferences'
  let controller: string | undefined
  for (const reference of references) {
    checkOwner(problems, path, reference)
    if (reference.controller !== true) continue
    const current = `${reference.kind ?? ''}/${reference.name ?? ''}`
    if (controller === undefined) controller = current
    else {
      problems.push(
        invalidValue(
          path,
          references.map(shownOwner),
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${current}`,
        ),
      )
    }
  }
}

function checkOwner(problems: Problems, path: string, reference: OwnerReference): void {
  const { apiVersion = '', kind = '', name = '', uid = '' } = reference
  if (apiVersion === '' || apiVersion.endsWith('/') || apiVersion.split('/').length > 2) {
    problems.push(invalidValue(`${path}.apiVersion`, apiVersion, 'version must not be empty'))
  }
  for (const [field, value] of Object.entries({ kind, name, uid })) {
    if (value === '') problems.push(invalidValue(`${path}.${field}`, value, 'must not be empty'))
  }
  if (apiVersion === 'v1' && kind === 'Event') {
    problems.push(
      invalidValue(
        path,
        shownOwner(reference),
        '/v1, Kind=Event is disallowed from being an owner',
      ),
    )
  }
}

/** A reference as messages show it: what must be there is there, and comes first. */
function shownOwner(reference: OwnerReference): object {
  const { apiVersion = '', kind = '', name = '', uid = '', ...flags } = reference
  const { controller, blockOwnerDeletion } = flags
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller !== undefined && { controller }),
    ...(blockOwnerDeletion !== undefined && { blockOwnerDeletion }),
  }
}

function checkFinalizers(problems: Problems, finalizers: readonly string[] | undefined): void {
  if (finalizers === undefined) return
  const path = 'metadata.finalizers'
  for (const finalizer of finalizers) checkQualifiedName(problems, path, finalizer)
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    problems.push(
      invalidValue(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'),
    )
  }
}

/** Finalizers without a domain, which most kinds refuse (API-203). */
export function checkStandardFinalizers(
  problems: Problems,
  finalizers: readonly string[] | undefined,
): void {
  for (const [index, finalizer] of (finalizers ?? []).entries()) {
    checkStandardFinalizer(problems, `metadata.finalizers[${index}]`, finalizer)
  }
}

function checkNoNewFinalizers(
  problems: Problems,
  { finalizers = [] }: ObjectMeta,
  previous: ObjectMeta,
): void {
  const added = finalizers.filter((finalizer) => !previous.finalizers?.includes(finalizer))
  if (added.length === 0) return
  const list = [...new Set(added)].sort().map((finalizer) => JSON.stringify(finalizer))
  problems.push(
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list.join(', ')}}`,
    ),
  )
}

function pathSegmentErrors(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}
