import type { ConformanceReport } from '../report'

/** How many reasons are printed; the report has them all. */
const maxReasons = 20

/** The end of a run as people read it in a terminal; without colour, so that it reads the same in a log. */
export function terminalReport(report: ConformanceReport): string {
  const { answer, exitCode, totals, reasons } = report
  const { verdicts } = totals
  const more = reasons.length - maxReasons
  return [
    ...reasons.slice(0, maxReasons).map((reason) => `  ${printable(reason)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `${verdicts.agree} agree, ${verdicts.differ} differ, ${verdicts['both-failed']} failed on both, ` +
      `${verdicts['not-verified']} not verified (${totals.notRequired} of them not required)`,
    `${answer}: exit code ${exitCode}`,
    '',
  ].join('\n')
}

/** Text without control characters, so that no name or message can steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
}
