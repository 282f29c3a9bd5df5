import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readReport } from '../conformance/read-report'
import { printable } from '../conformance/render/terminal'
import { reportChanges } from '../conformance/report-diff'
import type { CliContext } from './program'

/** `dsc diff a.json b.json`: which scenarios changed verdict or evidence from one report to another. */
export function addDiffCommand(program: Command, context: CliContext): void {
  program
    .command('diff')
    .description('tell which scenarios changed verdict or evidence from one report to another')
    .argument('<before>', 'a conformance.json')
    .argument('<after>', 'another one')
    .option('--json', 'print the changes as JSON', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 no change, 1 changes, 2 a report cannot be used. Durations never count.',
    )
    .action((before: string, after: string, { json }: { readonly json: boolean }) => {
      const [a, b] = [before, after].map((path) => readReport(resolve(context.cwd, path)))
      if (a === undefined || b === undefined) return
      const changes = reportChanges(a, b)
      const lines = changes.map(({ what, id, detail }) => printable(`${what}: ${id}: ${detail}`))
      const exits = a.exitCode === b.exitCode ? [] : [`exit code: ${a.exitCode} -> ${b.exitCode}`]
      const text = json
        ? JSON.stringify({ exitCodes: [a.exitCode, b.exitCode], changes }, undefined, 2)
        : [
            `${changes.length} of ${b.scenarios.length} scenarios changed${countsOf(changes)}`,
            ...exits,
            ...lines,
          ].join('\n')
      context.stdout.write(`${text}\n`)
      context.exit(changes.length + exits.length === 0 ? 0 : 1)
    })
}

/** How often what changed, so that a list of hundreds begins with what it is about. */
function countsOf(changes: ReturnType<typeof reportChanges>): string {
  const counts = new Map<string, number>()
  for (const { what } of changes) counts.set(what, (counts.get(what) ?? 0) + 1)
  const words = [...counts].map(([what, count]) => `${count} ${what}`)
  return words.length === 0 ? '' : `: ${words.join(', ')}`
}
