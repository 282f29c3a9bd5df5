import { dns1123LabelErrors } from '../../kubernetes/names'
import { qosClassOf } from '../../kubernetes/quantity'
import type { Pod, PodCondition, PodSpec, PodStatus } from '../../kubernetes/types'
import type { Problems } from './checks'
import { checkImagesOfPod } from './containers'
import { forbidden } from './field-error'
import { strategyOf, withGeneration, withMetadata } from './generic'
import { withLabelKeys } from './label-keys'
import { subdomainNames } from './metadata'
import {
  checkPodAnnotations,
  checkPodAnnotationUpdate,
  checkSeccompAgreement,
} from './pod-annotations'
import { podSpecWithDefaults, podWithPodDefaults } from './pod-defaults'
import { withoutGatedFields } from './pod-gates'
import { checkPodSpec } from './pod-spec'
import { checkPodStatus } from './pod-status'
import { checkPodSpecUpdate } from './pod-update'
import { checkTokensHaveAccount } from './pod-volumes'
import { templateWarnings } from './pod-warnings'
import type { Strategy } from './strategy'
import { changed, isSame, mapped } from './structure'

/** How the API server treats pods (API-181 to API-190). */
export const podStrategy: Strategy<Pod> = strategyOf<Pod>({
  names: subdomainNames,
  repeats: 'all',
  defaults: (pod, previous) =>
    changed(pod, {
      spec: specWithDefaults(pod.spec, previous?.spec),
      status: pod.status ?? noStatus,
    }),
  prepareForCreate,
  prepareForUpdate,
  check(problems, pod) {
    checkPod(problems, pod)
    checkOnCreate(problems, pod)
  },
  checkUpdate(problems, pod, previous) {
    // The whole pod is held to all rules again only when something of it has changed.
    if (pod.spec !== previous.spec || pod.metadata.annotations !== previous.metadata.annotations) {
      checkPod(problems, pod)
    }
    checkAnnotationUpdate(problems, pod, previous)
    checkPodSpecUpdate(problems, pod, previous)
  },
  checkStatus(problems, pod, previous) {
    checkAnnotationUpdate(problems, pod, previous)
    checkPodStatus(problems, pod, previous)
  },
  fieldsOf,
  selectableFields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  warnings: (pod, previous) => (previous === undefined ? createWarnings(pod) : []),
})

/** A pod without a spec; that it needs containers is for validation to say. */
const noSpec = Object.freeze({}) as PodSpec
const noStatus: PodStatus = Object.freeze({})

/** Writes to the status carry the stored spec itself, which has its defaults. */
function specWithDefaults(spec = noSpec, stored: PodSpec | undefined): PodSpec {
  return spec === stored ? spec : podWithPodDefaults(podSpecWithDefaults(spec))
}

function gatedConditionOf({ metadata }: Pod): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    ...(metadata.creationTimestamp && { lastTransitionTime: metadata.creationTimestamp }),
  }
}

/** The statuses that pods begin with, by the containers that they share. */
const firstStatuses = new WeakMap<object, { readonly spec: PodSpec; readonly status: PodStatus }>()

function firstStatusOf(spec: PodSpec): PodStatus {
  const { containers, initContainers, resources } = spec
  const known = containers && firstStatuses.get(containers)
  const isSame =
    known?.spec.initContainers === initContainers && known?.spec.resources === resources
  if (known !== undefined && isSame) return known.status
  const status: PodStatus = Object.freeze({
    phase: 'Pending',
    qosClass: qosClassOf({ ...spec, containers: containers ?? [] }),
  })
  if (containers !== undefined && Object.isFrozen(containers))
    firstStatuses.set(containers, { spec, status })
  return status
}

function prepareForCreate(pod: Pod): Pod {
  const spec = withLabelKeys(withoutGatedFields(pod.spec ?? noSpec), pod.metadata.labels)
  const first = firstStatusOf(spec)
  const gated = (spec.schedulingGates ?? []).length > 0
  const status = gated ? { ...first, conditions: [gatedConditionOf(pod)] } : first
  return changed(pod, { metadata: changed(pod.metadata, { generation: 1 }), spec, status })
}

function prepareForUpdate(pod: Pod, previous: Pod, subresource: string | undefined): Pod {
  switch (subresource) {
    case undefined: {
      const { generation = 0 } = previous.metadata
      const spec = withoutGatedFields(pod.spec ?? noSpec)
      if (isSame(spec, previous.spec)) {
        return changed(pod, { spec: previous.spec, status: previous.status })
      }
      return withGeneration(changed(pod, { spec, status: previous.status }), generation + 1)
    }
    case 'status': {
      const status = statusForUpdate(pod.status ?? noStatus, previous.status)
      const metadata =
        pod.metadata === previous.metadata
          ? pod.metadata
          : changed(pod.metadata, {
              ownerReferences: previous.metadata.ownerReferences,
              deletionTimestamp: previous.metadata.deletionTimestamp,
            })
      return withMetadata(changed(pod, { spec: previous.spec, status }), metadata)
    }
    default:
      // Binding and eviction are written by the server itself.
      return pod
  }
}

/** What a kubelet that does not know them yet would lose: class of service and observed generations (API-183). */
function statusForUpdate(status: PodStatus, previous: PodStatus): PodStatus {
  return changed(status, {
    qosClass: status.qosClass || previous.qosClass,
    observedGeneration: status.observedGeneration ?? previous.observedGeneration,
    conditions: status.conditions && withGenerations(status.conditions, previous.conditions),
  })
}

/** The conditions with the generations that they lack, where the stored ones have them; most lack none. */
function withGenerations(
  conditions: readonly PodCondition[],
  previous: readonly PodCondition[] | undefined,
): readonly PodCondition[] {
  if (conditions === previous) return conditions
  return mapped(conditions, (condition) => {
    if (condition.observedGeneration !== undefined) return condition
    // Of several of one type, the last counts.
    const stored = previous?.findLast(({ type }) => type === condition.type)
    return changed(condition, { observedGeneration: stored?.observedGeneration })
  })
}

function checkPod(problems: Problems, { metadata, spec = noSpec }: Pod): void {
  checkPodAnnotations(problems, 'metadata.annotations', metadata.annotations, spec)
  checkPodSpec(problems, 'spec', spec, { podName: metadata.name ?? '' })
  checkTokensHaveAccount(problems, 'spec', spec)
  checkImagesOfPod(problems, 'spec', spec)
}

function checkAnnotationUpdate(problems: Problems, pod: Pod, previous: Pod): void {
  const { metadata, spec = noSpec } = pod
  if (metadata.annotations === previous.metadata.annotations) return
  const path = 'metadata.annotations'
  checkPodAnnotationUpdate(problems, path, metadata, previous.metadata)
  checkPodAnnotations(problems, path, metadata.annotations, spec)
}

function checkOnCreate(problems: Problems, { metadata, spec = noSpec }: Pod): void {
  if ((spec.ephemeralContainers ?? []).length > 0) {
    problems.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  }
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    const detail = 'cannot be set until all schedulingGates have been cleared'
    problems.push(forbidden('spec.nodeName', detail))
  }
  checkSeccompAgreement(problems, 'spec', metadata.annotations, spec)
}

/** The fields of API-226; unset ones are ''. */
function fieldsOf({ spec = noSpec, status = noStatus }: Pod): Readonly<Record<string, string>> {
  return {
    'spec.nodeName': spec.nodeName ?? '',
    'spec.restartPolicy': spec.restartPolicy ?? '',
    'spec.schedulerName': spec.schedulerName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec.hostNetwork ?? false),
    'status.phase': status.phase ?? '',
    'status.podIP': status.podIP ?? '',
    'status.podIPs': (status.podIPs ?? []).map(({ ip }) => ip).join(','),
    'status.nominatedNodeName': status.nominatedNodeName ?? '',
  }
}

function createWarnings(pod: Pod): readonly string[] {
  const messages = dns1123LabelErrors(pod.metadata.name ?? '')
  const warnings = templateWarnings('', pod)
  if (messages.length === 0) return warnings
  const odd = `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`
  return [odd, ...warnings]
}
