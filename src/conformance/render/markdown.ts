import type { ConformanceReport } from '../report'
import { clusterTitle } from './cluster-title'
import { countsOnTarget, scopeOf } from './scope'

/** How many scenarios that do not agree are listed; CI systems cut long summaries. */
const maxRows = 50

/** The summary for a CI job's page: the answer, the evidence, what is proven, and what does not agree. */
export function markdownReport(report: ConformanceReport): string {
  const { answer, exitCode, target, reference, basis } = report
  const scope = scopeOf(report)
  const against =
    reference === undefined
      ? 'no reference'
      : `${markdownText(clusterTitle(reference))}${reference.live ? ' (live)' : ''}`
  return [
    `# DaemonSet conformance: ${answer}${basis.filtered && basis.targetOnly !== true ? ' (filtered run)' : ''}`,
    '',
    ...(scope === undefined ? [] : [`**${sentence(scope)}**`, '']),
    `${markdownText(target.name)} (${markdownText(target.version)}) against ${against}, exit code ${exitCode}.`,
    '',
    ...(basis.targetOnly === true ? [`${countsOnTarget(report)}.`, ''] : verdictTable(report)),
    ...open(report),
    ...(basis.targetOnly === true ? [] : groupTable(report)),
    `Run again: ${code(report.metadata.reproduce)}`,
    '',
  ].join('\n')
}

function verdictTable({ totals: { verdicts, notRequired } }: ConformanceReport): readonly string[] {
  return [
    '| agree | differ | both-failed | not-verified | of these not required |',
    '| ---: | ---: | ---: | ---: | ---: |',
    `| ${verdicts.agree} | ${verdicts.differ} | ${verdicts['both-failed']} | ${verdicts['not-verified']} | ${notRequired} |`,
    '',
  ]
}

/** Levels are those of scenarios here; what behaviours of a level are proven stands in the coverage. */
function groupTable({ totals: { levels, groups } }: ConformanceReport): readonly string[] {
  const named = [
    ...levels.map((level) => ({ ...level, name: `${level.name} scenarios` })),
    ...groups,
  ]
  return [
    '| group | scenarios | agree | behaviours cited | proven on both |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...named.map(
      ({ name, scenarios, agree, behaviours, proven }) =>
        `| ${markdownText(name)} | ${scenarios} | ${agree} | ${behaviours} | ${proven} |`,
    ),
    '',
  ]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function open({ scenarios, reasons }: ConformanceReport): readonly string[] {
  const rows = scenarios.filter(({ verdict, required }) => verdict !== 'agree' && required)
  if (rows.length === 0)
    return reasons.length === 0 ? [] : [...reasons.map((r) => `- ${markdownText(r)}`), '']
  return [
    '| verdict | scenario | why |',
    '| --- | --- | --- |',
    ...rows
      .slice(0, maxRows)
      .map(
        ({ verdict, scenario, reason = '', blame }) =>
          `| ${verdict} | ${markdownText(scenario.id)} | ${markdownText(blame === undefined ? reason : `${reason} (it sits in ${blame.where})`)} |`,
      ),
    ...(rows.length > maxRows ? ['', `and ${rows.length - maxRows} more`] : []),
    '',
  ]
}

/** Text that cannot leave its table cell or become markup, whatever it holds. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~@:]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  // Blanks keep a backtick of the text apart from the fence.
  const pad = longest === 0 ? '' : ' '
  return `${fence}${pad}${text.replace(/\s+/g, ' ').trim()}${pad}${fence}`
}
