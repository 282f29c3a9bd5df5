import { isDeepStrictEqual } from 'node:util'
import type { Json, NormalObservation } from '../normal-form/normal-observation'
import { daemonSetName } from './history'

/**
 * Whether two observations differ only in which nodes a rollout has taken first, whatever these nodes had been
 * through before: Kubernetes leaves that open (UPDATE-24).
 *
 * Can be so only as long as the rollout has not come to its end. Everything else has to be equal: the DaemonSet, the
 * nodes, and, nodes and numbers aside, which pods there are and what each of them went through.
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

function withoutPlaces({ endState, history, refusals }: NormalObservation): object {
  const { Pod: pods = {}, ...others } = endState
  const { traces = {}, pods: chains, ...rest } = history
  return {
    endState: others,
    pods: sorted(Object.values(pods)),
    created: sorted(Object.values(chains).flat()),
    traces: sorted(Object.values(traces).map((trace) => trace.map(({ what }) => what))),
    rest,
    refusals: refusals.map((refusal) => placeless(refusal as unknown as Json)),
  }
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
