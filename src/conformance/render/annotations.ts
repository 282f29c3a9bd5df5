import type { ConformanceReport } from '../report'
import { listedIn } from './standing'
import { printable } from './terminal'

/** GitHub shows at most ten annotations of a kind for a step; the summary has all. */
const maxAnnotations = 10

/**
 * The workflow commands that mark scenarios in their feature files; nothing outside of GitHub Actions.
 *
 * `placeOf` tells where a feature is in the checkout. Names and messages are hostile: they are escaped, so that none can become a command of its own.
 */
export function annotationsOf(
  report: ConformanceReport,
  env: { readonly [name: string]: string | undefined },
  placeOf: (uri: string) => string = (uri) => uri,
): string {
  const { scenarios, exitCode } = report
  if (env['GITHUB_ACTIONS'] !== 'true' || exitCode === 0) return ''
  const listed = listedIn(report)
  return scenarios
    .filter(({ verdict, required }) => verdict !== 'agree' && required)
    .filter(({ scenario }) => !listed.has(scenario.id))
    .slice(0, maxAnnotations)
    .map(({ scenario: { uri, line, name }, verdict, reason = '' }) => {
      const title = `${verdict}: ${name}`
      return `::error file=${property(placeOf(uri))},line=${line},title=${property(title)}::${data(reason)}\n`
    })
    .join('')
}

function data(text: string): string {
  return printable(text).replaceAll('%', '%25')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
