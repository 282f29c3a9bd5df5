import type { ConformanceReport } from '../report'

/** What a run leaves out of the whole, in one sentence, e.g. `filtered: 1 of 359 ran`; absent where it leaves nothing out. */
export function scopeOf({ basis, scenarios }: ConformanceReport): string | undefined {
  const { filtered, suiteSize, shard, rerun, targetOnly } = basis
  const ran = scenarios.length
  const count = `${ran} ${ran === 1 ? 'scenario' : 'scenarios'}`
  if (targetOnly === true) return `target only: ${count} ran on it, and nothing was compared`
  if (shard !== undefined) return `shard ${shard.index} of ${shard.count}: ${count}`
  if (rerun !== undefined) return `rerun: only ${count} of the run before`
  if (!filtered) return undefined
  const ofSuite = scenarios.filter(({ scenario }) => scenario.uri.startsWith('features/')).length
  const own = ran - ofSuite
  if (suiteSize === undefined) return `filtered: ${count} ran`
  if (ofSuite === 0)
    return `filtered: ${count} of other files ran, none of the suite's ${suiteSize}`
  const owned = own === 0 ? '' : ` and ${own} of other files`
  return `filtered: ${ofSuite} of ${suiteSize}${owned} ran, which says nothing of the others`
}

/** How many scenarios ended how on the target, where there was nothing to compare with. */
export function countsOnTarget({ scenarios }: ConformanceReport): string {
  const passed = scenarios.filter(({ target }) => target?.outcome === 'passed').length
  const failed = scenarios.filter(({ target }) => target?.outcome === 'failed').length
  return `${passed} passed, ${failed} failed, ${scenarios.length - passed - failed} without a result`
}
