import { matchesLabelSelector } from '../../kubernetes/label-selector'
import { templateGenerationAnnotation, templateGenerationOf } from '../../kubernetes/pods'
import type { DaemonSet, DaemonSetSpec, DaemonSetStatus } from '../../kubernetes/types'
import {
  checkImmutable,
  checkLabelSelector,
  checkNonNegative,
  hasMalformedValues,
  type Problems,
} from './checks'
import { forbidden, invalidValue, notSupported, required } from './field-error'
import { strategyOf, withGeneration, withMetadata } from './generic'
import { checkIntOrPercent, checkPercentLimit, writtenNumber } from './int-or-percent'
import { subdomainNames } from './metadata'
import { templateWithDefaults } from './pod-defaults'
import { withoutGatedFields } from './pod-gates'
import { checkPodTemplate } from './pod-template'
import { templateWarnings } from './pod-warnings'
import type { Strategy } from './strategy'
import { changed, defaulted, isSame, within } from './structure'

type UpdateStrategy = NonNullable<DaemonSetSpec['updateStrategy']>

/** How the API server treats DaemonSets (API-08 to API-57). */
export const daemonSetStrategy: Strategy<DaemonSet> = strategyOf<DaemonSet>({
  names: subdomainNames,
  defaults: withDefaults,
  prepareForCreate,
  prepareForUpdate,
  check: (problems, { spec }) => checkSpec(problems, spec ?? noSpec, { tolerateValues: false }),
  checkUpdate(problems, object, stored) {
    const [{ spec }, { spec: previous }] = [object, stored]
    checkTemplateGeneration(problems, object, stored)
    checkImmutable(problems, 'spec.selector', spec.selector, previous.selector)
    // Values that were stored before they were refused stay (API-40).
    checkSpec(problems, spec, { tolerateValues: hasMalformedValues(previous.selector) })
  },
  checkStatus,
  // Only a change of the template is worth repeating what is odd about it (API-26).
  warnings: (object, previous) =>
    previous !== undefined && templateGenerationOf(object) === templateGenerationOf(previous)
      ? []
      : templateWarnings('spec.template', object.spec.template),
})

const noStatus: DaemonSetStatus = Object.freeze({
  currentNumberScheduled: 0,
  desiredNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
})
/** A DaemonSet without a spec; that it needs one is for validation to say. */
const noSpec = Object.freeze({ template: {} }) as unknown as DaemonSetSpec

function withDefaults(object: DaemonSet): DaemonSet {
  const { spec = noSpec, status = noStatus } = object
  return changed(object, {
    spec: changed(defaulted(spec, { revisionHistoryLimit: 10 }), {
      template: templateWithDefaults(spec.template ?? {}),
      updateStrategy: updateStrategyWithDefaults(spec.updateStrategy ?? {}),
    }),
    // These four are there even when they are 0 (API-04, API-184).
    status: defaulted(status, noStatus),
  })
}

function updateStrategyWithDefaults(strategy: UpdateStrategy): UpdateStrategy {
  const typed = defaulted(strategy, { type: 'RollingUpdate' })
  const isRolling = typed.type === 'RollingUpdate'
  if (!isRolling && typed.rollingUpdate === undefined) return typed
  const { maxUnavailable = isRolling ? 1 : 0, maxSurge = 0 } = typed.rollingUpdate ?? {}
  return changed(typed, {
    rollingUpdate: changed(typed.rollingUpdate ?? {}, { maxUnavailable, maxSurge }),
  })
}

function prepareForCreate(given: DaemonSet): DaemonSet {
  const object = withoutGates(given)
  const templateGeneration = templateGenerationOf(object) ?? 0
  const prepared = withGeneration(changed(object, { status: noStatus }), 1)
  return withTemplateGeneration(prepared, Math.max(templateGeneration, 1))
}

function prepareForUpdate(
  given: DaemonSet,
  previous: DaemonSet,
  subresource: string | undefined,
): DaemonSet {
  const object = withoutGates(given)
  const templateGeneration = templateGenerationOf(previous) ?? 1
  if (subresource === 'status') {
    return withTemplateGeneration(changed(object, { spec: previous.spec }), templateGeneration)
  }
  const stored = changed(object, {
    status: previous.status,
    spec: isSame(object.spec, previous.spec) ? previous.spec : object.spec,
  })
  const { generation = 0 } = previous.metadata
  if (!isSame(stored.spec?.template, previous.spec.template)) {
    return withTemplateGeneration(withGeneration(stored, generation + 1), templateGeneration + 1)
  }
  const changedSpec = stored.spec !== previous.spec
  return withTemplateGeneration(
    changedSpec ? withGeneration(stored, generation + 1) : stored,
    templateGeneration,
  )
}

function withoutGates(object: DaemonSet): DaemonSet {
  return within(object, 'spec', (spec) =>
    within(spec, 'template', (template) => within(template, 'spec', withoutGatedFields)),
  )
}

/** The number that the API shows as an annotation; the client's own is of no account (API-05, API-21). */
function withTemplateGeneration(object: DaemonSet, templateGeneration: number): DaemonSet {
  const { metadata } = object
  const annotations = changed<Readonly<Record<string, string>>>(metadata.annotations ?? {}, {
    [templateGenerationAnnotation]: String(templateGeneration),
  })
  return withMetadata(object, changed(metadata, { annotations }))
}

/**
 * The template generation has to rise with every change of the template, and with nothing else.
 *
 * No client can break that, as the server sets the number itself (API-16, API-21).
 */
function checkTemplateGeneration(problems: Problems, object: DaemonSet, stored: DaemonSet): void {
  const field = 'spec.templateGeneration'
  const next = templateGenerationOf(object) ?? 0
  const previous = templateGenerationOf(stored) ?? 0
  const rises = next > previous
  const isChanged = !isSame(object.spec.template, stored.spec.template)
  if (next < 0) problems.push(invalidValue(field, next, 'must not be negative'))
  if (next < previous) problems.push(invalidValue(field, next, 'must not go down'))
  else if (isChanged && !rises) {
    problems.push(invalidValue(field, next, 'must rise when the template changes'))
  } else if (rises && !isChanged) {
    problems.push(invalidValue(field, next, 'must not rise while the template stays'))
  }
}

function checkSpec(
  problems: Problems,
  spec: DaemonSetSpec,
  options: { readonly tolerateValues: boolean },
): void {
  const { selector, template = {} } = spec
  const labels = template.metadata?.labels
  const before = problems.length
  checkLabelSelector(problems, 'spec.selector', selector, options)
  const parsable = problems.length === before && !hasMalformedValues(selector)
  if (parsable && !matchesLabelSelector(selector, labels)) {
    problems.push(
      invalidValue(
        'spec.template.metadata.labels',
        labels ?? null,
        '`selector` does not match template `labels`',
      ),
    )
  }
  if (selector !== undefined && isEmpty(selector)) {
    problems.push(
      invalidValue('spec.selector', selector, 'empty selector is invalid for daemonset'),
    )
  }
  checkPodTemplate(problems, 'spec.template', template)
  checkTemplateFits(problems, template.spec ?? { containers: [] })
  checkNonNegative(problems, 'spec.minReadySeconds', spec.minReadySeconds)
  checkUpdateStrategy(problems, 'spec.updateStrategy', spec.updateStrategy ?? {})
  checkNonNegative(problems, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit)
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: DaemonSetSpec['selector']): boolean {
  return Object.keys(matchLabels).length + matchExpressions.length === 0
}

/** A daemon pod runs for ever (API-42, API-43). */
function checkTemplateFits(
  problems: Problems,
  spec: NonNullable<DaemonSetSpec['template']['spec']>,
): void {
  const { restartPolicy = '', activeDeadlineSeconds } = spec
  if (restartPolicy !== 'Always') {
    problems.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    problems.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in DaemonSet is not Supported',
      ),
    )
  }
}

function checkUpdateStrategy(problems: Problems, path: string, strategy: UpdateStrategy): void {
  const { type = '', rollingUpdate } = strategy
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    problems.push(notSupported(path, shownStrategy(strategy), ['RollingUpdate', 'OnDelete']))
    return
  }
  const at = `${path}.rollingUpdate`
  if (rollingUpdate === undefined) {
    problems.push(required(at))
    return
  }
  const { maxUnavailable, maxSurge } = rollingUpdate
  checkIntOrPercent(problems, `${at}.maxUnavailable`, maxUnavailable)
  checkIntOrPercent(problems, `${at}.maxSurge`, maxSurge)
  checkPercentLimit(problems, `${at}.maxUnavailable`, maxUnavailable)
  checkPercentLimit(problems, `${at}.maxSurge`, maxSurge)
  const unavailable = writtenNumber(maxUnavailable) !== 0
  const surge = writtenNumber(maxSurge) !== 0
  if (unavailable && surge) {
    const detail = 'may not be set when maxUnavailable is non-zero'
    problems.push(invalidValue(`${at}.maxSurge`, maxSurge, detail))
  } else if (!unavailable && !surge) {
    problems.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  }
}

/** The strategy as messages show it: in the server's own form, which spells fields its own way. */
function shownStrategy({ type = '', rollingUpdate }: UpdateStrategy): object {
  if (rollingUpdate === undefined) return { Type: type, RollingUpdate: null }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate
  return { Type: type, RollingUpdate: { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } }
}

const statusNumbers = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
] as const

function checkStatus(
  problems: Problems,
  { status = noStatus }: DaemonSet,
  { status: previous }: DaemonSet,
): void {
  for (const field of statusNumbers) checkNonNegative(problems, `status.${field}`, status[field])
  const { collisionCount = 0 } = status
  if (previous.collisionCount === undefined) return
  if (status.collisionCount === undefined || collisionCount < previous.collisionCount) {
    problems.push(invalidValue('status.collisionCount', collisionCount, 'cannot be decremented'))
  }
}
