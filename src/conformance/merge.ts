import { canonicalJson } from '../kubernetes/canonical-json'
import type { ReportBasis } from './basis'
import type { BehaviourEvidence } from './catalogue/read-coverage'
import { catalogueHashOf, featuresHashOf } from './hashes'
import { judge } from './judgement'
import { ReportError } from './read-report'
import { type ConformanceReport, reportOf } from './report'
import type { Sealed } from './seal'
import type { ScenarioVerdict } from './verdict'

/**
 * Makes one report of the reports of all shards.
 *
 * Shards must be of the same scenarios, seed, target, reference, tool and expected differences. A missing shard makes the
 * merged report incomplete, because the hash of the features is that of all scenarios.
 *
 * @throws ReportError when they do not belong together.
 */
export function mergedReport(
  reports: readonly { readonly path: string; readonly report: ConformanceReport }[],
  behaviours: BehaviourEvidence | undefined,
): Sealed<ConformanceReport> {
  const [first, ...others] = reports
  if (first === undefined) throw new ReportError('there is nothing to merge')
  for (const other of others) refuseUnlike(first, other)
  const shards = reports.map(({ path, report }) => ({ path, report, shard: shardOf(path, report) }))
  const count = shards[0]?.shard.count ?? 0
  const missing: number[] = []
  const byIndex = new Map<number, ConformanceReport>()
  for (const { path, report, shard } of shards) {
    if (byIndex.has(shard.index))
      throw new ReportError(`${path}: shard ${shard.index} is there twice`)
    byIndex.set(shard.index, report)
  }
  for (let index = 1; index <= count; index++) if (!byIndex.has(index)) missing.push(index)
  const scenarios = interleaved(byIndex, count)
  return judgedAgain(first.report, [...byIndex.values()], scenarios, missing, behaviours)
}

function judgedAgain(
  { metadata, target, reference, basis: firstBasis, versions, upstream }: ConformanceReport,
  parts: readonly ConformanceReport[],
  scenarios: readonly ScenarioVerdict[],
  missing: readonly number[],
  behaviours: BehaviourEvidence | undefined,
): Sealed<ConformanceReport> {
  const { shard: _, catalogueHash: __, ...shared } = firstBasis
  const hash = featuresHashOf(scenarios.map(({ scenario }) => scenario))
  const stopped = [
    ...(missing.length > 0 ? [`shards ${missing.join(', ')} are missing`] : []),
    ...(missing.length === 0 && hash !== metadata.featuresHash
      ? ['the shards together are not the scenarios of the features']
      : []),
    ...parts.flatMap(({ basis }) => basis.stopped ?? []),
  ]
  const basis: ReportBasis = {
    ...shared,
    expected: scenarios.length,
    interrupted: parts.some((part) => part.basis.interrupted),
    ...(stopped.length === 0 ? {} : { stopped: stopped.join('; ') }),
    ...(behaviours === undefined ? {} : { catalogueHash: catalogueHashOf(behaviours) }),
  }
  const createdAt =
    parts.map(({ metadata: { createdAt: at } }) => at).sort()[0] ?? metadata.createdAt
  const { verdicts, gate } = judge({ scenarios, target, reference, basis, createdAt })
  const reproduce = metadata.reproduce.replace(/ --shard \S+/, '')
  return reportOf({
    metadata: { ...metadata, createdAt, featuresHash: hash, reproduce },
    target,
    reference,
    gate,
    basis,
    verdicts,
    behaviours,
    versions,
    upstream,
  })
}

/** The scenarios in the order of the features: shards take every n-th. */
function interleaved(
  byIndex: ReadonlyMap<number, ConformanceReport>,
  count: number,
): readonly ScenarioVerdict[] {
  const longest = Math.max(...[...byIndex.values()].map(({ scenarios }) => scenarios.length))
  const all: ScenarioVerdict[] = []
  for (let row = 0; row < longest; row++) {
    for (let index = 1; index <= count; index++) {
      const verdict = byIndex.get(index)?.scenarios[row]
      if (verdict !== undefined) all.push(verdict)
    }
  }
  return all
}

interface Part {
  readonly path: string
  readonly report: ConformanceReport
}

function shardOf(path: string, { basis }: ConformanceReport): { index: number; count: number } {
  if (basis.shard === undefined) throw new ReportError(`${path}: is not the report of a shard`)
  return basis.shard
}

function refuseUnlike(first: Part, other: Part): void {
  const a = identityOf(first.report)
  const b = identityOf(other.report)
  for (const [name, value] of Object.entries(a)) {
    if (canonicalJson(value ?? null) === canonicalJson(b[name] ?? null)) continue
    throw new ReportError(`${other.path}: has another ${name} than ${first.path}`)
  }
}

/** What all shards must have in common. */
function identityOf({ metadata, target, reference, basis }: ConformanceReport): {
  readonly [name: string]: unknown
} {
  return {
    'hash of the features': metadata.featuresHash,
    seed: metadata.seed,
    'version of the tool': metadata.toolVersion,
    target: [target.name, target.version],
    reference: reference && [reference.name, reference.version, reference.live],
    'number of shards': basis.shard?.count,
    'list of expected differences': basis.expectedDifferences,
    'choice of scenarios': [
      basis.slow,
      basis.filtered,
      basis.coreMissing ?? 0,
      basis.repeat ?? 1,
      basis.targetOnly ?? false,
    ],
  }
}
