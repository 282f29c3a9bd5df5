import type { Finding } from './finding'
import { daemonSetName } from './history'

/** How many of the details a feature's comment shows. */
const shownDetails = 10

/** The scenario that repeats a finding on every target, in the words of the steps; `replayed` repeats it exactly. */
export function featureText(finding: Finding, replayed: string): string {
  const { history, details } = finding
  const comment = [
    `Found by dsc fuzz; the seed of the history is ${history.seed}.`,
    `Repeat it by: ${replayed}`,
    ...details.slice(0, shownDetails),
    ...(details.length > shownDetails ? [`and ${details.length - shownDetails} more`] : []),
  ]
  return [
    ...comment.map((line) => `# ${line.replaceAll(/\s+/g, ' ')}`),
    `Feature: Random history ${history.seed}`,
    '',
    '  Rule: A cluster MUST show what the reference shows',
    '    @extended',
    `    Scenario: Random history ${history.seed}`,
    '      Given a cluster without nodes',
    ...stepsOf(finding),
    ...outcomeOf(finding),
    '',
  ].join('\n')
}

function stepsOf({ lines, isStepwise }: Finding): readonly string[] {
  return lines.flatMap(([line = '', ...table], index) => [
    `      ${index === 0 ? 'When' : 'And'} ${line}`,
    ...table.map((row) => `      ${row}`),
    ...(isStepwise ? ['      And the cluster comes to rest'] : []),
  ])
}

function outcomeOf({ expected, title }: Finding): readonly string[] {
  if (expected === 'none') return [`      Then the DaemonSet "${daemonSetName}" disappears`]
  if (expected === undefined) {
    return title.includes(' was created on ')
      ? [`      Then no node ran two daemon pods of "${daemonSetName}" at a time`]
      : ['      Then the cluster comes to rest']
  }
  const rows = Object.entries(expected)
  const width = Math.max(0, ...rows.map(([field]) => field.length))
  return [
    `      Then the status of "${daemonSetName}" shows`,
    ...rows.map(([field, value]) => `        | ${field.padEnd(width)} | ${value} |`),
  ]
}
