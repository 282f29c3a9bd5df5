import { canonicalJson } from '../kubernetes/canonical-json'
import { controllerReferenceTo } from '../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import { templateHash } from '../kubernetes/template-hash'
import type {
  ControllerRevision,
  DaemonSet,
  Draft,
  Pod,
  PodTemplateSpec,
} from '../kubernetes/types'

/** The revisions of a DaemonSet, told apart by whether they hold its present template. */
export interface History {
  /** Usually one; none before the template's first sync, several when somebody made duplicates. */
  readonly current: readonly ControllerRevision[]
  readonly old: readonly ControllerRevision[]
  /** The number that the current revision has to have at least: one above all old ones. */
  readonly nextRevision: number
}

/**
 * Sorts the revisions that a DaemonSet controls into current and old ones.
 *
 * Only the data counts: not the name, the hash label or the number (HISTORY-09).
 *
 * @see HISTORY-08
 */
export function historyOf(
  { spec: { template } }: DaemonSet,
  revisions: readonly ControllerRevision[],
): History {
  const current: ControllerRevision[] = []
  const old: ControllerRevision[] = []
  for (const revision of revisions) {
    if (holdsTemplate(revision, template)) current.push(revision)
    else old.push(revision)
  }
  const highest = old.reduce((number, { revision }) => Math.max(number, revision ?? 0), 0)
  return { current, old, nextRevision: highest + 1 }
}

/** Texts of data and of templates already made: objects are never changed, so one text per object will do. */
const dataTexts = new WeakMap<object, string>()
const templateTexts = new WeakMap<object, string>()

/** Whether the revision was made from this very template (HISTORY-09). */
export function holdsTemplate({ data }: ControllerRevision, template: PodTemplateSpec): boolean {
  if (data === undefined || data === null) return false
  return textOf(data, dataTexts, canonicalJson) === textOfRevision(template)
}

/**
 * The data of a template's revision: a strategic merge patch that restores the template, keys in byte order.
 *
 * The template is taken as the server shows it, so what another controller wrote there compares equal.
 *
 * @see HISTORY-02
 */
export function revisionDataOf(template: PodTemplateSpec): Draft {
  return JSON.parse(textOfRevision(template)) as Draft
}

function textOfRevision(template: PodTemplateSpec): string {
  return textOf(template, templateTexts, (value) =>
    canonicalJson({ spec: { template: { ...value, $patch: 'replace' } } }),
  )
}

function textOf<T extends object>(
  object: T,
  texts: WeakMap<object, string>,
  textFor: (object: T) => string,
): string {
  let text = texts.get(object)
  if (text === undefined) {
    text = textFor(object)
    texts.set(object, text)
  }
  return text
}

/** A draft that brings its name along instead of leaving it to the server. */
type NamedDraft = Draft & { readonly metadata: { readonly name: string } }

/**
 * The revision to create for the DaemonSet's present template.
 *
 * @see HISTORY-03 HISTORY-05 HISTORY-06 HISTORY-07
 */
export function revisionDraftOf(daemonSet: DaemonSet, revision: number): NamedDraft {
  const { metadata, spec, status } = daemonSet
  const hash = templateHash(spec.template, status?.collisionCount ?? undefined)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace,
      labels: { ...spec.template.metadata?.labels, [controllerRevisionHashLabel]: hash },
      ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
      ownerReferences: [controllerReferenceTo(daemonSet)],
    },
    data: revisionDataOf(spec.template),
    revision,
  }
}

/** The one of several current revisions that is kept: the highest number, on a tie the last (HISTORY-12). */
export function keptRevisionOf(
  current: readonly ControllerRevision[],
): ControllerRevision | undefined {
  return current.reduce<ControllerRevision | undefined>(
    (kept, revision) =>
      kept === undefined || (revision.revision ?? 0) >= (kept.revision ?? 0) ? revision : kept,
    undefined,
  )
}

/**
 * The old revisions that are beyond the limit, from the lowest number upwards.
 *
 * Revisions that some pod was made from are counted but not named, so more than the limit may remain.
 *
 * @see HISTORY-21 HISTORY-22 HISTORY-23
 */
export function surplusRevisionsOf(
  old: readonly ControllerRevision[],
  {
    limit,
    liveHashes,
  }: { readonly limit: number; readonly liveHashes: ReadonlySet<string | undefined> },
): readonly ControllerRevision[] {
  return [...old]
    .sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0))
    .filter((revision) => !liveHashes.has(hashLabelOf(revision)))
    .slice(0, Math.max(0, old.length - limit))
}

/** The `controller-revision-hash` label of a pod or a revision. */
export function hashLabelOf({ metadata }: Pod | ControllerRevision): string | undefined {
  return metadata.labels?.[controllerRevisionHashLabel]
}

/** How many old revisions are kept (API-11 gives every stored DaemonSet a number). */
export function revisionHistoryLimitOf({ spec }: DaemonSet): number {
  return spec.revisionHistoryLimit ?? 10
}
