import { StatusError } from '../kubernetes/status-error'
import type { DaemonSet } from '../kubernetes/types'
import type { Action, CreateAction, DeleteAction, WaitAction } from './action'
import { messageOf, throwAll } from './aggregate'
import type { ControllerContext } from './controller-context'
import { daemonPodFactory } from './daemon-pod'
import { daemonSetKey } from './daemonset-lookup'
import { keyOf } from './key-texts'
import { failedPodBackOffKey } from './observe'

/** Creates, and separately deletes, that one pass may attempt (MANAGE-25). */
const burstReplicas = 250

/** The first batch of creates; each further one is twice as large (MANAGE-27). */
const slowStartInitialBatchSize = 1

/** The DaemonSet that a plan is for, and the hash that the pods it creates get. */
interface Subject {
  readonly daemonSet: DaemonSet
  readonly hash: string
}

/**
 * Carries out a plan as one pass: what was decided is announced, expectations are set, creates run in
 * growing batches, then all deletes at once.
 *
 * @throws everything that went wrong, as one error (MANAGE-35)
 * @see MANAGE-31 MANAGE-36
 */
export async function execute(
  actions: readonly Action[],
  subject: Subject,
  context: ControllerContext,
): Promise<void> {
  const creates: CreateAction[] = []
  const deletes: DeleteAction[] = []
  for (const action of actions) {
    switch (action.verb) {
      case 'create':
        if (creates.length < burstReplicas) creates.push(action)
        break
      case 'delete':
        announce(action, subject.daemonSet, context)
        if (deletes.length < burstReplicas) deletes.push(action)
        break
      case 'wait':
        wait(action, subject.daemonSet, context)
        break
    }
  }
  const { expectations, clock } = context
  expectations.set(keyOf(subject.daemonSet), {
    creates: creates.length,
    deletes: deletes.length,
    now: clock.now(),
  })
  const errors = [
    ...(await createPods(creates, subject, context)),
    ...(await deletePods(deletes, subject.daemonSet, context)),
  ]
  throwAll(errors)
}

function wait({ milliseconds }: WaitAction, daemonSet: DaemonSet, { requeue }: ControllerContext) {
  requeue(keyOf(daemonSet), milliseconds)
}

/** Terminal pods are announced when they are found, even if the burst defers their deletion (EVENTS-11). */
function announce(
  { cause, nodeName, pod }: DeleteAction,
  daemonSet: DaemonSet,
  { recorder, failedPodBackOff, clock }: ControllerContext,
): void {
  const { namespace, name } = pod.metadata
  if (cause === 'failed') {
    failedPodBackOff.killed(failedPodBackOffKey(daemonSet, nodeName), clock.now())
    const message = `Found failed daemon pod ${namespace}/${name} on node ${nodeName}, will try to kill it`
    recorder.event(daemonSet, 'Warning', 'FailedDaemonPod', message)
  }
  if (cause === 'succeeded') {
    const message = `Found succeeded daemon pod ${namespace}/${name} on node ${nodeName}, will try to delete it`
    recorder.event(daemonSet, 'Normal', 'SucceededDaemonPod', message)
  }
}

/** Creates in slow-start batches, and gives up after a batch in which something failed (MANAGE-28). */
async function createPods(
  creates: readonly CreateAction[],
  { daemonSet, hash }: Subject,
  context: ControllerContext,
): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  if (creates.length === 0) return errors
  const podFor = daemonPodFactory(daemonSet, hash)
  let size = slowStartInitialBatchSize
  for (let start = 0; start < creates.length && errors.length === 0; size *= 2) {
    const batch = creates.slice(start, start + size)
    start += batch.length
    const attempts = batch.map(({ nodeName }) => createPod(podFor(nodeName), daemonSet, context))
    errors.push(...(await Promise.all(attempts)).filter((error) => error !== undefined))
    if (errors.length > 0) {
      context.expectations.creationObserved(keyOf(daemonSet), creates.length - start)
    }
  }
  return errors
}

/** Creates one pod; returns the error if it counts as one. */
async function createPod(
  draft: ReturnType<ReturnType<typeof daemonPodFactory>>,
  daemonSet: DaemonSet,
  { client, recorder, expectations, writtenVersions }: ControllerContext,
): Promise<unknown> {
  const key = daemonSetKey(daemonSet.metadata.namespace, daemonSet.metadata.name)
  try {
    const { name, resourceVersion } = (await client.create('Pod', draft)).metadata
    writtenVersions.wrote(key, daemonSet.metadata.uid, 'Pod', resourceVersion)
    recorder.event(daemonSet, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`)
    return undefined
  } catch (error) {
    // The namespace is going and will take the DaemonSet along: nobody is to be alarmed, and the
    // expectation keeps the controller from trying again at once (MANAGE-30).
    if (StatusError.hasCause(error, 'NamespaceTerminating')) return undefined
    recorder.event(daemonSet, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
    expectations.creationObserved(key)
    return error
  }
}

async function deletePods(
  deletes: readonly DeleteAction[],
  daemonSet: DaemonSet,
  context: ControllerContext,
): Promise<readonly unknown[]> {
  const attempts = deletes.map((action) => deletePod(action, daemonSet, context))
  return (await Promise.all(attempts)).filter((error) => error !== undefined)
}

/** Deletes one pod by name alone, without preconditions (MANAGE-32); returns the error if it counts as one. */
async function deletePod(
  { pod }: DeleteAction,
  daemonSet: DaemonSet,
  { client, recorder, expectations }: ControllerContext,
): Promise<unknown> {
  const { namespace, name } = pod.metadata
  try {
    await client.delete('Pod', { namespace, name })
    recorder.event(daemonSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
    return undefined
  } catch (error) {
    expectations.deletionObserved(keyOf(daemonSet))
    if (StatusError.is(error, 'NotFound')) return undefined // MANAGE-33
    recorder.event(daemonSet, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
    return error
  }
}
