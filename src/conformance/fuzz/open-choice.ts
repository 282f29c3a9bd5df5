import { isDeepStrictEqual } from 'node:util'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { Json, NormalObservation } from '../normal-form/normal-observation'
import { daemonSetName } from './history'

/**
 * Whether two observations differ only in which nodes a rollout has taken first, whatever these nodes had been
 * through before: Kubernetes leaves that open (UPDATE-24).
 *
 * Can be so only as long as the rollout has not come to its end. Everything else has to be equal: the DaemonSet, the
 * nodes, how many pods there are, and, nodes and numbers aside, what each new pod is and went through. A pod that may
 * stay on its node and would not be created there again takes its turn like the others, and then its node
 * has none (UPDATE-25): such pods are not counted.
 */
export function isOpenChoice(here: NormalObservation, there: NormalObservation): boolean {
  if (!isUnfinished(here) || !isUnfinished(there)) return false
  return isDeepStrictEqual(withoutPlaces(here), withoutPlaces(there))
}

function isUnfinished({ endState }: NormalObservation): boolean {
  const daemonSet = endState['DaemonSet']?.[daemonSetName] as DaemonSetFacts | undefined
  const { status = {}, spec } = daemonSet ?? {}
  const desired = status['desiredNumberScheduled'] ?? 0
  const isRolling = spec?.updateStrategy?.type === 'RollingUpdate'
  return isRolling && (status['updatedNumberScheduled'] ?? 0) < desired
}

interface DaemonSetFacts {
  readonly spec?: { readonly updateStrategy?: { readonly type?: string } }
  readonly status?: { readonly [field: string]: number }
}

/** What is known of the rollout, whichever nodes it took: old pods are only counted, as any of them may have stayed. */
function withoutPlaces({ endState, history, refusals }: NormalObservation): object {
  const { Pod: pods = {}, DaemonSet: daemonSets = {}, ...others } = endState
  const { [daemonSetName]: daemonSet, ...otherDaemonSets } = daemonSets
  const { status = {}, ...facts } = (daemonSet ?? {}) as DaemonSetFacts
  const { numberMisscheduled = 0, ...counts } = status
  const { traces = {}, pods: chains, ...rest } = history
  const current = currentHashOf(endState)
  const isCurrent = ([, pod]: readonly [string, Json]): boolean => hashOf(pod) === current
  const updated = Object.entries(pods).filter(isCurrent)
  return {
    endState: { ...others, otherDaemonSets, daemonSet: { ...facts, status: counts } },
    updated: sorted(updated.map(([, pod]) => pod)),
    traces: sorted(updated.map(([alias]) => (traces[alias] ?? []).map(({ what }) => what))),
    pods: Object.keys(pods).length - numberMisscheduled,
    created: Object.values(chains).flat().length,
    rest,
    refusals: refusals.map((refusal) => placeless(refusal as unknown as Json)),
  }
}

function currentHashOf(endState: NormalObservation['endState']): string | undefined {
  const revisions = Object.values(
    endState['ControllerRevision'] ?? {},
  ) as unknown as RevisionFacts[]
  const [newest] = revisions.sort((a, b) => b.revision - a.revision)
  return newest && hashOf(newest as unknown as Json)
}

interface RevisionFacts {
  readonly revision: number
}

function hashOf(object: Json): string | undefined {
  const { metadata } = object as {
    readonly metadata?: { readonly labels?: { readonly [key: string]: string } }
  }
  return metadata?.labels?.[controllerRevisionHashLabel]
}

function sorted(values: readonly Json[]): readonly string[] {
  return values.map(placeless).sort()
}

/** The text without names of nodes and numbers of pods. */
function placeless(value: Json): string {
  return JSON.stringify(value)
    .replaceAll(/\bnode-\d+\b/g, 'node')
    .replaceAll(/@node#\d+/g, '@node')
    .replaceAll(/ beside (a ready )?#\d+(, #\d+)*/g, ' beside $1another')
}
