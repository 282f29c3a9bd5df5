import type { ReportBasis } from './basis'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import { type CatalogueTotals, catalogueTotalsOf } from './catalogue/report-coverage'
import type { UpstreamProof } from './catalogue/upstream/upstream-coverage'
import type { GateResult } from './gate'
import type { ClusterInfo } from './scenario-run'
import { type Sealed, sealed } from './seal'
import type { ScenarioVerdict, Verdict } from './verdict'
import type { VersionTable } from './version-table'

/** The result of a conformance run: a versioned Kubernetes-style kind, sealed. */
export interface ConformanceReport {
  readonly apiVersion: 'daemonset-conformance.dev/v1alpha1'
  readonly kind: 'ConformanceReport'
  readonly metadata: ReportMetadata
  readonly target: ClusterInfo
  /** Absent when there was neither a real cluster nor a recording of one. */
  readonly reference?: ReferenceInfo
  readonly answer: GateResult['answer']
  readonly exitCode: GateResult['exitCode']
  readonly reasons: readonly string[]
  readonly totals: ReportTotals
  readonly basis: ReportBasis
  /** Which behaviour holds since when, where there are several recordings; no part of the verdict. */
  readonly versions?: VersionTable
  /** What asserts the same as each test of Kubernetes itself; no part of the verdict. */
  readonly upstream?: readonly UpstreamProof[]
  readonly scenarios: readonly ScenarioVerdict[]
}

export interface ReportMetadata {
  /** When the run began, RFC 3339. */
  readonly createdAt: string
  readonly toolVersion: string
  readonly seed: number
  /** SHA-256 over the texts of all scenarios. */
  readonly featuresHash: string
  /** The command that makes this report again. */
  readonly reproduce: string
  /** How this tool was called, for commands about one scenario; absent in reports of older versions. */
  readonly invocation?: Invocation
}

/** The words around a command, so that what is run again is the same tool against the same clusters. */
export interface Invocation {
  /** What calls the tool: `npm run --silent dsc --` in a clone, `npx dsc` where it is installed. */
  readonly dsc: string
  /** The flags that choose the clusters: target, reference, image, seed. */
  readonly flags: string
}

export interface ReferenceInfo extends ClusterInfo {
  /** Whether a cluster answered in this run, or a recording of an earlier one. */
  readonly live: boolean
  /** The file of the recording that answered, seen from the package or by its name. */
  readonly recording?: string
}

export interface ReportTotals {
  readonly scenarios: number
  readonly verdicts: { readonly [V in Verdict]: number }
  /** Of the not verified ones: those that nobody required in this run. */
  readonly notRequired: number
  readonly levels: readonly GroupTotal[]
  readonly groups: readonly GroupTotal[]
  /** How far the catalogues are proven; absent where the run did not know them. */
  readonly catalogues?: readonly CatalogueTotals[]
}

/** How far one group of behaviours, or one level, is proven. */
interface GroupTotal {
  readonly name: string
  readonly scenarios: number
  readonly agree: number
  readonly differ: number
  /** Distinct behaviour ids that scenarios of this group cite, and those proven by an agreeing one. */
  readonly behaviours: number
  readonly proven: number
}

export function reportOf(input: {
  readonly metadata: ReportMetadata
  readonly target: ClusterInfo
  readonly reference: ReferenceInfo | undefined
  readonly gate: GateResult
  readonly basis: ReportBasis
  readonly verdicts: readonly ScenarioVerdict[]
  readonly behaviours?: BehaviourEvidence | undefined
  readonly versions?: VersionTable | undefined
  readonly upstream?: readonly UpstreamProof[] | undefined
}): Sealed<ConformanceReport> {
  const { metadata, target, reference, gate, basis, verdicts } = input
  const { behaviours, versions, upstream } = input
  return sealed({
    apiVersion: 'daemonset-conformance.dev/v1alpha1',
    kind: 'ConformanceReport',
    metadata,
    target,
    ...(reference === undefined ? {} : { reference }),
    answer: gate.answer,
    exitCode: gate.exitCode,
    reasons: gate.reasons,
    totals: totalsOf(verdicts, behaviours),
    basis,
    ...(versions === undefined ? {} : { versions }),
    ...(upstream === undefined ? {} : { upstream }),
    scenarios: verdicts,
  })
}

/** Counts verdicts, over all, by level and by behaviour group, and holds them against the catalogues. */
export function totalsOf(
  verdicts: readonly ScenarioVerdict[],
  behaviours?: BehaviourEvidence,
): ReportTotals {
  const count = (verdict: Verdict): number =>
    verdicts.filter((each) => each.verdict === verdict).length
  return {
    scenarios: verdicts.length,
    verdicts: {
      agree: count('agree'),
      differ: count('differ'),
      'both-failed': count('both-failed'),
      'not-verified': count('not-verified'),
    },
    notRequired: verdicts.filter(({ required }) => !required).length,
    levels: totalsBy(verdicts, levelsOf),
    groups: totalsBy(verdicts, (verdict) => [
      ...new Set(behavioursOf(verdict).map((id) => id.replace(/-\d+$/, ''))),
    ]),
    ...(behaviours === undefined ? {} : { catalogues: catalogueTotalsOf(behaviours, verdicts) }),
  }
}

function totalsBy(
  verdicts: readonly ScenarioVerdict[],
  namesOf: (verdict: ScenarioVerdict) => readonly string[],
): readonly GroupTotal[] {
  const groups = new Map<string, ScenarioVerdict[]>()
  for (const verdict of verdicts) {
    for (const name of namesOf(verdict)) groups.set(name, [...(groups.get(name) ?? []), verdict])
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => groupTotal(name, members))
}

function groupTotal(name: string, members: readonly ScenarioVerdict[]): GroupTotal {
  const own = (id: string): boolean => !/^[A-Z]+$/.test(name) || id.startsWith(`${name}-`)
  const ids = (verdicts: readonly ScenarioVerdict[]): number =>
    new Set(verdicts.flatMap(behavioursOf).filter(own)).size
  const agreeing = members.filter(({ verdict }) => verdict === 'agree')
  return {
    name,
    scenarios: members.length,
    agree: agreeing.length,
    differ: members.filter(({ verdict }) => verdict === 'differ').length,
    behaviours: ids(members),
    proven: ids(agreeing),
  }
}

/** The ids of the behaviours that a scenario cites, e.g. `PLACE-07`. */
export function behavioursOf({ scenario }: ScenarioVerdict): readonly string[] {
  return scenario.tags.flatMap((tag) => {
    const id = /^@([A-Z]+-\d+)$/.exec(tag)?.[1]
    return id === undefined ? [] : [id]
  })
}

function levelsOf({ scenario }: ScenarioVerdict): readonly string[] {
  return ['core', 'extended'].filter((level) => scenario.tags.includes(`@${level}`))
}
