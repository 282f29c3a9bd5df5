import { timestampOf } from '../kubernetes/clock'
import { withCondition } from '../kubernetes/conditions'
import { StatusError } from '../kubernetes/status-error'
import type { Pod, PodCondition, PodStatus } from '../kubernetes/types'
import { topologyLabelsOf } from './admission/topology-labels'
import { isPlainObject } from './json-body'
import { keepingLatest } from './latest-result'
import { badRequest, failure, methodNotAllowed } from './refusals'
import { existing, type Registry, targetOf } from './registry'
import { type ApiRequest, isDryRun, type StatusResult } from './request'

/**
 * Ties a pod to a node: one write sets the node, the condition PodScheduled, and the labels of the binding.
 *
 * @see API-229, API-230
 */
export function bind(registry: Registry, request: ApiRequest): StatusResult {
  if (request.kind !== 'Pod') throw methodNotAllowed()
  const target = targetOf(request)
  const binding = bindingIn(request.body, target.name)
  const pod = existing(registry, target) as Pod
  const why = refusalOf(pod, binding)
  if (why !== '') {
    throw new StatusError(
      'Conflict',
      `Operation cannot be fulfilled on pods/binding ${JSON.stringify(target.name)}: ${why}`,
      { details: { name: target.name, kind: 'pods/binding' } },
    )
  }
  const labels = { ...binding.labels, ...topologyLabelsOf(registry, binding.nodeName) }
  if (!isDryRun(request.options)) {
    const now = timestampOf(registry.clock.now())
    registry.store.put('Pod', boundPod(pod, { ...binding, labels }, now))
  }
  return created()
}

/** The answer to a POST that makes no object of its own. */
export function created(): StatusResult {
  return {
    type: 'status',
    code: 201,
    status: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    warnings: [],
  }
}

interface Binding {
  readonly nodeName: string
  readonly uid: string
  readonly resourceVersion: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

function bindingIn(body: unknown, podName: string): Binding {
  const { metadata = {}, target = {}, kind } = isPlainObject(body) ? body : {}
  if (kind !== undefined && kind !== '' && kind !== 'Binding') {
    throw badRequest(
      `${String(kind)} in version "v1" cannot be handled as a Binding: converting (v1.${String(kind)}) to (core.Binding): unknown conversion`,
    )
  }
  const meta = isPlainObject(metadata) ? metadata : {}
  const given = textIn(meta, 'name')
  if (given !== podName) throw badRequest('name in URL does not match name in Binding object')
  const node = isPlainObject(target) ? target : {}
  checkTarget(node)
  return {
    nodeName: textIn(node, 'name'),
    uid: textIn(meta, 'uid'),
    resourceVersion: textIn(meta, 'resourceVersion'),
    labels: textsIn(meta, 'labels'),
    annotations: textsIn(meta, 'annotations'),
  }
}

/** Real servers report these as failures, without a reason. */
function checkTarget(target: Readonly<Record<string, unknown>>): void {
  const kind = textIn(target, 'kind')
  const problems = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [`target.kind: Unsupported value: "${kind}": supported values: "Node", "<empty>"`]),
    ...(textIn(target, 'name') === '' ? ['target.name: Required value'] : []),
  ]
  const [first, ...more] = problems
  if (first !== undefined) throw failure(more.length === 0 ? first : `[${problems.join(', ')}]`)
}

function textIn(object: Readonly<Record<string, unknown>>, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

function textsIn(
  object: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, string>> {
  const value = object[key]
  return isPlainObject(value) ? (value as Record<string, string>) : {}
}

/** Why the pod cannot be bound; '' when it can. */
function refusalOf(pod: Pod, binding: Binding): string {
  const { metadata, spec } = pod
  if (binding.uid !== '' && binding.uid !== metadata.uid) {
    return `Precondition failed: UID in precondition: ${binding.uid}, UID in object meta: ${metadata.uid}`
  }
  if (binding.resourceVersion !== '' && binding.resourceVersion !== metadata.resourceVersion) {
    return (
      `Precondition failed: ResourceVersion in precondition: ${binding.resourceVersion}, ` +
      `ResourceVersion in object meta: ${metadata.resourceVersion}`
    )
  }
  if (metadata.deletionTimestamp !== undefined) {
    return `pod ${metadata.name} is being deleted, cannot be assigned to a host`
  }
  if ((spec.nodeName ?? '') !== '') {
    return `pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`
  }
  if ((spec.schedulingGates ?? []).length > 0) {
    return `pod ${metadata.name} has non-empty .spec.schedulingGates`
  }
  return ''
}

function boundPod(pod: Pod, { nodeName, labels, annotations }: Binding, now: string): Pod {
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...merged('labels', pod.metadata.labels, labels),
      ...merged('annotations', pod.metadata.annotations, annotations),
    },
    spec: { ...pod.spec, nodeName },
    status: scheduledStatus(
      pod.status ?? noStatus,
      scheduledCondition(now, pod.metadata.generation),
    ),
  }
}

const noStatus: PodStatus = Object.freeze({})

/** The condition of a pod that has its node now; the pods that are bound at one moment share it. */
function scheduledCondition(now: string, generation: number | undefined): PodCondition {
  if (
    latestScheduled?.lastTransitionTime === now &&
    latestScheduled.observedGeneration === generation
  ) {
    return latestScheduled
  }
  latestScheduled = Object.freeze({
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: now,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  })
  return latestScheduled
}

let latestScheduled: PodCondition | undefined

const scheduledStatus = keepingLatest(
  (status: PodStatus, scheduled: PodCondition): PodStatus => ({
    ...status,
    conditions: [...withCondition(status.conditions, scheduled)],
  }),
)

function merged<K extends string>(
  key: K,
  before: Readonly<Record<string, string>> | undefined,
  added: Readonly<Record<string, string>>,
): { readonly [Key in K]?: Readonly<Record<string, string>> } {
  if (Object.keys(added).length === 0) return {}
  return { [key]: { ...before, ...added } } as { [Key in K]: Readonly<Record<string, string>> }
}
