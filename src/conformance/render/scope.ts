import type { ConformanceReport } from '../report'

/** What a run leaves out of the whole, in one sentence; absent where it leaves nothing out. */
export function scopeOf({ basis, totals }: ConformanceReport): string | undefined {
  const count = `${totals.scenarios} ${totals.scenarios === 1 ? 'scenario' : 'scenarios'}`
  if (basis.targetOnly === true) {
    return `target only: ${count} ran on it, and nothing was compared`
  }
  if (!basis.filtered) return undefined
  return `filtered: only ${count} chosen by file, tag or name; this says nothing of the others`
}

/** How many scenarios ended how on the target, where there was nothing to compare with. */
export function countsOnTarget({ scenarios }: ConformanceReport): string {
  const passed = scenarios.filter(({ target }) => target?.outcome === 'passed').length
  const failed = scenarios.filter(({ target }) => target?.outcome === 'failed').length
  return `${passed} passed, ${failed} failed, ${scenarios.length - passed - failed} without a result`
}
