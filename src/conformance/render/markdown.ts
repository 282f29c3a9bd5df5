import type { ConformanceReport } from '../report'
import { clusterTitle } from './cluster-title'
import { countsOnTarget, scopeOf } from './scope'
import { listedIn } from './standing'

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
    ...listedTable(report),
    ...(basis.targetOnly === true ? [] : groupTable(report)),
    `Run again: ${code(report.metadata.reproduce)}`,
    '',
  ].join('\n')
}

function verdictTable(report: ConformanceReport): readonly string[] {
  const { verdicts, notRequired } = report.totals
  return [
    '| agree | differ | both-failed | not-verified | of these as listed | of these not required |',
    '| ---: | ---: | ---: | ---: | ---: | ---: |',
    `| ${verdicts.agree} | ${verdicts.differ} | ${verdicts['both-failed']} | ${verdicts['not-verified']} | ${listedIn(report).size} | ${notRequired} |`,
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

function open(report: ConformanceReport): readonly string[] {
  const { scenarios, reasons } = report
  const listed = listedIn(report)
  const rows = scenarios.filter(
    ({ scenario, verdict, required }) =>
      verdict !== 'agree' && required && !listed.has(scenario.id),
  )
  // What the rows do not tell: holes in the run, and entries of the list that no longer hold.
  const ofRows = new Set(rows.map(({ scenario, verdict }) => `${scenario.id}: ${verdict}: `))
  const others = reasons.filter((reason) => ![...ofRows].some((start) => reason.startsWith(start)))
  const more = others.length - maxRows
  const told = [
    ...others.slice(0, maxRows).map((reason) => `- ${markdownText(reason)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    ...(others.length > 0 ? [''] : []),
  ]
  if (rows.length === 0) return told
  return [
    ...told,
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

/** What differs as listed is no failure: it is folded, with the reason and until when. */
function listedTable(report: ConformanceReport): readonly string[] {
  const listed = [...listedIn(report)]
  if (listed.length === 0) return []
  const rest = listed.length - maxRows
  return [
    `<details><summary>${listed.length} differ as listed</summary>`,
    '',
    '| scenario | reason | owner | expires |',
    '| --- | --- | --- | --- |',
    ...listed
      .slice(0, maxRows)
      .map(([id, { reason, owner, expires }]) =>
        [id, reason, owner, expires].map((cell) => `| ${markdownText(cell)} `).join(''),
      )
      .map((row) => `${row}|`),
    ...(rest > 0 ? ['', `and ${rest} more`] : []),
    '',
    '</details>',
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
