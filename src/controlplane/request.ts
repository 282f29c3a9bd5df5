import type { Patch } from '../kubernetes/client'
import type { Status } from '../kubernetes/status-error'
import type { Kind, KubernetesObject } from '../kubernetes/types'
import {
  type FieldError,
  forbidden,
  invalidObject,
  invalidValue,
  notSupported,
  required,
  tooLong,
} from './kinds/field-error'

/** What can be asked of an API server, as its audit log and its access rules call it. */
export type Verb =
  | 'create'
  | 'delete'
  | 'deletecollection'
  | 'get'
  | 'list'
  | 'patch'
  | 'update'
  | 'watch'

/** One request, whichever way it came in: a verb on a path, with a decoded body and the options. */
export interface ApiRequest {
  readonly verb: Verb
  readonly kind: Kind
  /** Absent: cluster-scoped, or all namespaces. */
  readonly namespace?: string | undefined
  /** Absent: the collection. */
  readonly name?: string | undefined
  readonly subresource?: string | undefined
  /** The object of a create or update, decoded from JSON. */
  readonly body?: unknown
  readonly patch?: Patch
  readonly options?: RequestOptions | undefined
  /** Who asks; the field manager where none is given (API-144). */
  readonly userAgent: string
  /** Whether the fields that are written are booked to a manager (API-175); those of SSA always are. */
  readonly tracksFields?: boolean
}

/** Everything that comes in the query, or in the `DeleteOptions` of a body. */
export interface RequestOptions {
  readonly dryRun?: readonly string[] | undefined
  readonly fieldManager?: string | undefined
  readonly fieldValidation?: string | undefined
  /** Paths of fields that the text of the body gave twice (API-138). */
  readonly duplicateFields?: readonly string[] | undefined
  /** Of patches: take over conflicting fields (server-side apply only). */
  readonly force?: boolean | undefined
  readonly gracePeriodSeconds?: number | undefined
  readonly orphanDependents?: boolean | undefined
  readonly propagationPolicy?: string | undefined
  readonly preconditions?: Preconditions | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit?: number | undefined
  readonly continue?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly resourceVersionMatch?: string | undefined
  readonly sendInitialEvents?: boolean | undefined
  readonly timeoutSeconds?: number | undefined
}

/** What must be true of a stored object for a delete to go ahead (API-198). */
export interface Preconditions {
  readonly uid?: string | undefined
  readonly resourceVersion?: string | undefined
}

/** What came of a request that was not refused. */
export type ApiResult = ObjectResult | ListResult | StatusResult

/** An answer that is one object. */
export interface ObjectResult {
  readonly type: 'object'
  readonly code: 200 | 201 | 202
  readonly object: KubernetesObject
  /** Texts for `Warning` headers (API-139). */
  readonly warnings: readonly string[]
}

/** An answer that is a list. */
export interface ListResult {
  readonly type: 'list'
  readonly code: 200
  readonly items: readonly KubernetesObject[]
  readonly resourceVersion: string
  readonly continue?: string
  readonly remainingItemCount?: number
  readonly warnings: readonly string[]
}

/** An answer that is a `Status` of success. */
export interface StatusResult {
  readonly type: 'status'
  readonly code: 200 | 201
  readonly status: Status
  readonly warnings: readonly string[]
}

/** A text for each field that was given twice (API-138). */
export function duplicatesIn({ duplicateFields = [] }: RequestOptions): readonly string[] {
  return duplicateFields.map((path) => `duplicate field ${JSON.stringify(path)}`)
}

/** Whether nothing is to be stored (API-142). */
export function isDryRun(options: RequestOptions | undefined): boolean {
  return (options?.dryRun?.length ?? 0) > 0
}

/**
 * Refuses options that a verb does not take (API-137, API-142, API-144, API-163, API-199, API-220, WATCH-10).
 *
 * @throws StatusError `Invalid`
 */
export function checkOptions({ verb, patch, options = noOptions }: ApiRequest): void {
  // Nothing is wrong with no options, except that server-side apply needs one.
  if (options === noOptions && patch?.type !== 'apply') return
  const name = optionsNames[verb]
  if (name === undefined) return
  const problems: FieldError[] = []
  if (verb === 'list') checkListMatch(problems, options)
  else if (verb === 'watch') checkWatchMatch(problems, options)
  else {
    checkDryRun(problems, options)
    if (verb === 'delete' || verb === 'deletecollection') checkPropagation(problems, options)
    else checkWriting(problems, options)
    if (verb === 'patch') checkPatchOptions(problems, patch?.type === 'apply', options)
  }
  if (problems.length === 0) return
  throw invalidObject({ kind: name, group: 'meta.k8s.io', name: '' }, problems)
}

const noOptions: RequestOptions = {}

const optionsNames: { readonly [V in Verb]: string | undefined } = {
  create: 'CreateOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
  get: undefined,
  list: 'ListOptions',
  patch: 'PatchOptions',
  update: 'UpdateOptions',
  watch: 'ListOptions',
}

function checkDryRun(problems: FieldError[], { dryRun = [] }: RequestOptions): void {
  if (dryRun.some((value) => value !== 'All')) {
    problems.push(notSupported('dryRun', dryRun, ['All']))
  }
}

const fieldValidations = ['Ignore', 'Strict', 'Warn']
const fieldManagerLimit = 128
/** Control, format and unassigned characters, and all blanks but the plain one. */
const unprintable = /(?! )[\p{C}\p{Z}]/gu

function checkWriting(problems: FieldError[], options: RequestOptions): void {
  const { fieldManager = '', fieldValidation = '' } = options
  if (fieldManager.length > fieldManagerLimit) {
    problems.push(tooLong('fieldManager', fieldManagerLimit))
  }
  for (const { 0: character, index } of unprintableIn(fieldManager)) {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    const detail = `invalid character U+${code} (at position ${index})`
    problems.push(invalidValue('fieldManager', fieldManager, detail))
  }
  if (fieldValidation !== '' && !fieldValidations.includes(fieldValidation)) {
    problems.push(notSupported('fieldValidation', fieldValidation, ['', ...fieldValidations]))
  }
}

function unprintableIn(text: string): Iterable<RegExpExecArray> {
  return text === '' ? [] : text.matchAll(unprintable)
}

function checkPatchOptions(
  problems: FieldError[],
  isApply: boolean,
  { force, fieldManager = '' }: RequestOptions,
): void {
  if (force !== undefined && !isApply) {
    problems.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (isApply && fieldManager === '') {
    problems.push(required('fieldManager', 'is required for apply patch'))
  }
}

const propagationPolicies = ['Foreground', 'Background', 'Orphan']

function checkPropagation(problems: FieldError[], options: RequestOptions): void {
  const { propagationPolicy, orphanDependents } = options
  if (propagationPolicy === undefined) return
  if (orphanDependents !== undefined) {
    problems.push({
      field: 'propagationPolicy',
      type: 'Invalid',
      badValue: propagationPolicy,
      detail: 'orphanDependents and deletionPropagation cannot be both set',
    })
  }
  if (!propagationPolicies.includes(propagationPolicy)) {
    problems.push(
      notSupported('propagationPolicy', propagationPolicy, [...propagationPolicies, 'nil']),
    )
  }
}

const versionMatches = ['Exact', 'NotOlderThan']
const forbiddenWithToken = 'resourceVersionMatch is forbidden when continue is provided'

function checkListMatch(problems: FieldError[], options: RequestOptions): void {
  const { resourceVersionMatch: match = '', resourceVersion = '', continue: token = '' } = options
  if (match !== '') {
    if (resourceVersion === '') {
      const why = 'resourceVersionMatch is forbidden unless resourceVersion is provided'
      problems.push(forbidden('resourceVersionMatch', why))
    }
    if (token !== '') problems.push(forbidden('resourceVersionMatch', forbiddenWithToken))
    if (!versionMatches.includes(match)) {
      problems.push(notSupported('resourceVersionMatch', match, [...versionMatches, '']))
    } else if (match === 'Exact' && resourceVersion === '0') {
      const why = 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
      problems.push(forbidden('resourceVersionMatch', why))
    }
  }
  if (options.sendInitialEvents !== undefined) {
    problems.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
}

/** A watch from no version, or from any, begins with what is there, as if it had asked for that (WATCH-10). */
function checkWatchMatch(problems: FieldError[], options: RequestOptions): void {
  const { resourceVersionMatch: match = '', sendInitialEvents, continue: token = '' } = options
  const wanted = 'NotOlderThan'
  const begins = sendInitialEvents === undefined && match === ''
  const isLegacy = begins && ['', '0'].includes(options.resourceVersion ?? '')
  if (sendInitialEvents !== undefined && match !== wanted) {
    const why = `sendInitialEvents requires setting resourceVersionMatch to ${wanted}`
    problems.push(forbidden('resourceVersionMatch', why))
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
      problems.push(forbidden('resourceVersionMatch', why))
    }
    if (match !== wanted) problems.push(notSupported('resourceVersionMatch', match, [wanted]))
  }
  if (token !== '' && (match !== '' || isLegacy)) {
    problems.push(forbidden('resourceVersionMatch', forbiddenWithToken))
  }
}
