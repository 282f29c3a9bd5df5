import type { ConformanceReport } from '../report'
import { countsOnTarget, scopeOf } from './scope'
import { listedIn } from './standing'

/** How many reasons are printed; the report has them all. */
const maxReasons = 20

/** The end of a run as people read it in a terminal; without colour, so that it reads the same in a log. */
export function terminalReport(report: ConformanceReport): string {
  const { answer, exitCode, totals, reasons } = report
  const { verdicts } = totals
  const scope = scopeOf(report)
  const listed = listedIn(report).size
  const asListed = listed === 0 ? '' : `, ${listed} of all these as listed`
  const more = reasons.length - maxReasons
  return [
    ...reasons.slice(0, maxReasons).map((reason) => `  ${printable(reason)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...blameLines(report),
    report.basis.targetOnly === true
      ? countsOnTarget(report)
      : `${verdicts.agree} agree, ${verdicts.differ} differ, ${verdicts['both-failed']} failed on both, ` +
        `${verdicts['not-verified']} not verified (${totals.notRequired} of them not required)${asListed}`,
    ...(scope === undefined ? [] : [scope]),
    `${answer}: exit code ${exitCode}`,
    '',
  ].join('\n')
}

/** Where the differences sit, if that was looked into. */
function blameLines({ scenarios }: ConformanceReport): readonly string[] {
  return scenarios
    .flatMap(({ scenario, blame }) => (blame === undefined ? [] : [{ scenario, blame }]))
    .slice(0, maxReasons)
    .map(({ scenario, blame }) =>
      printable(`  it sits in ${blame.where}: ${scenario.id}: ${blame.why}`),
    )
}

/** Text without control characters, so that no name or message can steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
}
