import { timestampOf } from '../kubernetes/clock'
import { isPodReady, isPodTerminal, withCondition } from '../kubernetes/conditions'
import { matchesLabelSelector } from '../kubernetes/label-selector'
import { StatusError } from '../kubernetes/status-error'
import type { Pod, PodCondition, PodDisruptionBudget } from '../kubernetes/types'
import { created } from './binding'
import { checkPreconditions, deleted } from './deletion'
import { deepFrozen, isPlainObject } from './json-body'
import { badRequest, failure, forbiddenTo, methodNotAllowed } from './refusals'
import { existing, type Registry, targetOf } from './registry'
import { type ApiRequest, isDryRun, type RequestOptions, type StatusResult } from './request'

/** How long a client is to wait for a budget that its controller has not looked at yet. */
const notObservedSeconds = 10
/** How many evictions may wait for the budget's controller to confirm them. */
const disruptedPodsLimit = 2000

/**
 * Evicts a pod if its disruption budget allows: the condition DisruptionTarget, then a graceful deletion.
 *
 * @see API-231 to API-233
 */
export function evict(registry: Registry, request: ApiRequest): StatusResult {
  if (request.kind !== 'Pod') throw methodNotAllowed()
  const target = targetOf(request)
  const options = deleteOptionsIn(request, target.name)
  const pod = existing(registry, target) as Pod
  // Once, before the condition is written: that write gives the pod a new version.
  checkPreconditions('Pod', pod, options)
  const budget = canIgnoreBudget(pod) ? undefined : budgetOf(registry, pod)
  if (budget !== undefined) takeFrom(registry, budget, { pod, isDry: isDryRun(options) })
  const marked = isDryRun(options) ? pod : withDisruptionTarget(registry, pod)
  deleted(registry, 'Pod', marked, { ...options, preconditions: undefined })
  return created()
}

function deleteOptionsIn({ body, options = {} }: ApiRequest, podName: string): RequestOptions {
  const eviction = isPlainObject(body) ? body : {}
  const { metadata, deleteOptions } = eviction
  const given = isPlainObject(metadata) ? metadata['name'] : undefined
  if (given !== podName) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const own = isPlainObject(deleteOptions) ? (deleteOptions as RequestOptions) : {}
  const dryRun = isDryRun(own) ? own.dryRun : options.dryRun
  return { ...own, dryRun }
}

/** Pods that do not run, or are on their way out, cost no disruption. */
function canIgnoreBudget(pod: Pod): boolean {
  return (
    isPodTerminal(pod) ||
    pod.status?.phase === 'Pending' ||
    pod.metadata.deletionTimestamp !== undefined
  )
}

function budgetOf({ store }: Registry, pod: Pod): PodDisruptionBudget | undefined {
  const { namespace, labels } = pod.metadata
  const budgets = (
    store.objects('PodDisruptionBudget', namespace) as readonly PodDisruptionBudget[]
  ).filter(({ spec }) => matchesLabelSelector(spec?.selector, labels))
  if (budgets.length > 1) {
    throw failure(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  return budgets[0]
}

/** Takes one disruption from the budget, unless the pod is not ready and costs none; refuses when there is none left. */
function takeFrom(
  registry: Registry,
  budget: PodDisruptionBudget,
  { pod, isDry }: { readonly pod: Pod; readonly isDry: boolean },
): void {
  if (!isPodReady(pod) && mayEvictUnready(budget)) return
  const { name, generation = 0 } = budget.metadata
  const { status } = budget
  if ((status?.observedGeneration ?? 0) < generation) {
    throw tooManyRequests(
      `The disruption budget ${name} is still being processed by the server.`,
      notObservedSeconds,
    )
  }
  const allowed = status?.disruptionsAllowed ?? 0
  const disrupted = status?.disruptedPods ?? {}
  if (allowed < 0) {
    throw forbiddenTo('PodDisruptionBudget', name, 'pdb disruptions allowed is negative')
  }
  if (Object.keys(disrupted).length > disruptedPodsLimit) {
    throw forbiddenTo(
      'PodDisruptionBudget',
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    )
  }
  if (allowed === 0) {
    throw tooManyRequests(`The disruption budget ${name} ${reasonOf(status)}`)
  }
  if (isDry || status === undefined) return
  registry.store.put('PodDisruptionBudget', {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed: allowed - 1,
      disruptedPods: {
        ...disrupted,
        [pod.metadata.name]: timestampOf(registry.clock.now()),
      },
    },
  })
}

/** Why a budget allows no disruption; its numbers mean nothing where its pods could not be counted. */
function reasonOf(status: PodDisruptionBudget['status']): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status ?? {}
  const refusal = conditions.find(
    ({ type, status: is, message }) =>
      type === 'DisruptionAllowed' && is === 'False' && message !== '',
  )
  const no = 'does not allow evicting pods currently'
  if (refusal?.reason === 'SyncFailed') return `${no} because it failed sync: ${refusal.message}`
  if (currentHealthy <= desiredHealthy) {
    return `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  }
  return refusal === undefined ? no : `${no} (${refusal.reason}): ${refusal.message}`
}

/** Whether an unready pod may go without asking: always, or while the budget is healthy. */
function mayEvictUnready({ spec, status }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  const desired = status?.desiredHealthy ?? 0
  return desired > 0 && (status?.currentHealthy ?? 0) >= desired
}

function tooManyRequests(message: string, retryAfterSeconds?: number): StatusError {
  return new StatusError(
    'TooManyRequests',
    "Cannot evict pod as it would violate the pod's disruption budget.",
    {
      details: {
        causes: [{ reason: 'DisruptionBudget', message }],
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      },
    },
  )
}

function withDisruptionTarget({ store, clock }: Registry, pod: Pod): Pod {
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastTransitionTime: timestampOf(clock.now()),
    ...(pod.metadata.generation === undefined
      ? {}
      : { observedGeneration: pod.metadata.generation }),
  }
  const conditions = withCondition(pod.status?.conditions, condition)
  if (conditions === pod.status?.conditions) return pod
  const status = { ...pod.status, conditions: [...conditions] }
  return store.put('Pod', deepFrozen({ ...pod, status })) as Pod
}
