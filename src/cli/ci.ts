import { appendFileSync } from 'node:fs'
import { markdownReport } from '../conformance/render/markdown'
import type { ConformanceReport } from '../conformance/report'
import { EnvironmentError } from '../targets/errors'
import type { CliContext } from './program'

/** Adds the summary to the page of the CI job, where the CI system names a file for that. */
export function appendStepSummary(report: ConformanceReport, env: CliContext['env']): void {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, `${markdownReport(report)}\n`)
  } catch (cause) {
    throw new EnvironmentError(`GITHUB_STEP_SUMMARY (${file}) cannot be written`, {
      mend: 'unset it, or name a file that can be written',
      cause,
    })
  }
}
