import type { ExpectedDifference } from './expected-differences'

/**
 * What the gate decides on besides the runs themselves.
 *
 * It is kept in the report, so that every verdict and the exit code can be derived from the report again.
 */
export interface ReportBasis {
  /** How many scenarios had to have a verdict. */
  readonly expected: number
  /** Whether scenarios tagged `@slow` were asked for. */
  readonly slow: boolean
  /** Whether files, tags or names narrowed the run down. */
  readonly filtered: boolean
  /** How many scenarios of the `@core` profile were narrowed away; absent: none. */
  readonly coreMissing?: number
  /** How many scenarios the suite has without the filter. */
  readonly suiteSize?: number
  /** Whether somebody stopped the run. */
  readonly interrupted: boolean
  /** Why the run ended before its last scenario, by itself. */
  readonly stopped?: string
  /** Whether somebody asked for the target alone, so that nothing was compared. */
  readonly targetOnly?: true
  /** Which part of the scenarios this is. */
  readonly shard?: Shard
  /** How many scenarios of the run before were run again; the others were not run. */
  readonly rerun?: number
  /** How often every scenario was run; absent: once. */
  readonly repeat?: number
  /** The list that the verdicts were held against. */
  readonly expectedDifferences: readonly ExpectedDifference[]
  /** SHA-256 of the catalogues and citations that the totals were held against. */
  readonly catalogueHash?: string
}

/** A part of the scenarios; the parts together are all of them. */
export interface Shard {
  /** From 1 on. */
  readonly index: number
  readonly count: number
}

/** The scenarios of a shard: every `count`-th, so that each shard has some of every feature. */
export function ofShard<T>(all: readonly T[], { index, count }: Shard): readonly T[] {
  return all.filter((_, position) => position % count === index - 1)
}
