import type { ConformanceReport } from '../report'

/** How many scenarios that do not agree are listed; CI systems cut long summaries. */
const maxRows = 50

/** The summary for a CI job's page: the answer, the evidence, what is proven, and what does not agree. */
export function markdownReport(report: ConformanceReport): string {
  const { answer, exitCode, target, reference, totals, metadata } = report
  const against =
    reference === undefined
      ? 'no reference'
      : `${markdownText(reference.name)} (${markdownText(reference.version)}, ${reference.live ? 'live' : 'recorded'})`
  const { verdicts } = totals
  return [
    `# DaemonSet conformance: ${answer}`,
    '',
    `${markdownText(target.name)} (${markdownText(target.version)}) against ${against}, exit code ${exitCode}.`,
    '',
    '| agree | differ | both-failed | not-verified | of these not required |',
    '| ---: | ---: | ---: | ---: | ---: |',
    `| ${verdicts.agree} | ${verdicts.differ} | ${verdicts['both-failed']} | ${verdicts['not-verified']} | ${totals.notRequired} |`,
    '',
    ...open(report),
    '| group | scenarios | agree | behaviours cited | proven on both |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...totals.levels, ...totals.groups].map(
      ({ name, scenarios, agree, behaviours, proven }) =>
        `| ${markdownText(name)} | ${scenarios} | ${agree} | ${behaviours} | ${proven} |`,
    ),
    '',
    `Run again: ${code(metadata.reproduce)}`,
    '',
  ].join('\n')
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
