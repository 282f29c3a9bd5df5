import { appendFileSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { annotationsOf } from '../conformance/render/annotations'
import { markdownReport } from '../conformance/render/markdown'
import type { ConformanceReport } from '../conformance/report'
import { EnvironmentError } from '../targets/errors'
import { packageRoot } from './package'
import type { CliContext } from './program'

/**
 * Tells the CI system of a report in its own ways: marks in feature files, the page of the job, and outputs for the
 * steps that follow; each only where the CI system asks for it.
 */
export function tellCi(report: ConformanceReport, output: string, context: CliContext): void {
  const { env, stdout } = context
  stdout.write(annotationsOf(report, env, (uri) => placeInWorkspace(uri, env)))
  append('GITHUB_STEP_SUMMARY', `${markdownReport(report)}\n`, env)
  const { answer, exitCode, totals } = report
  const outputs = {
    answer,
    'exit-code': exitCode,
    agree: totals.verdicts.agree,
    differ: totals.verdicts.differ,
    // A line break would begin an output of its own.
    report: output.replace(/[\r\n]/g, ' '),
  }
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`)
  append('GITHUB_OUTPUT', lines.join(''), env)
}

/** Marks belong to files of the checkout; features are told from the package's folder, which may be elsewhere. */
function placeInWorkspace(uri: string, env: CliContext['env']): string {
  const workspace = env['GITHUB_WORKSPACE']
  if (workspace === undefined || workspace === '') return uri
  const place = relative(workspace, join(packageRoot, uri))
  return place.startsWith(`..${sep}`) || isAbsolute(place) ? uri : place
}

function append(variable: string, text: string, env: CliContext['env']): void {
  const file = env[variable]
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, text)
  } catch (cause) {
    throw new EnvironmentError(`${variable} (${file}) cannot be written`, {
      mend: 'unset it, or name a file that can be written',
      cause,
    })
  }
}
