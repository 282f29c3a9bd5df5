import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { featureScenarios } from '../conformance/catalogue/feature-scenarios'
import { sinceOf } from '../conformance/kubernetes-version'
import { readRecording } from '../conformance/recording'
import { recordingsIn } from '../conformance/reference'
import { markdownText } from '../conformance/render/markdown'
import { printable } from '../conformance/render/terminal'
import { type VersionCell, type VersionTable, versionTableOf } from '../conformance/version-table'
import { UsageError } from '../targets/errors'
import { packageRoot } from './package'
import type { CliContext } from './program'

interface VersionsFlags {
  readonly all: boolean
  readonly json: boolean
  readonly markdown: boolean
}

/** `dsc versions`: which behaviour holds since when, from several recordings. */
export function addVersionsCommand(program: Command, context: CliContext): void {
  program
    .command('versions')
    .description('tell from several recordings which behaviour holds since when')
    .argument('[recordings...]', 'recordings; default: all in reports/recordings')
    .option('--all', 'also scenarios that hold in every release', false)
    .option('--json', 'print the table as JSON', false)
    .option('--markdown', 'print the table as Markdown', false)
    .action((paths: string[], flags: VersionsFlags) => {
      const recordings =
        paths.length === 0
          ? recordingsIn(join(packageRoot, 'reports', 'recordings')).map(
              ({ recording }) => recording,
            )
          : paths.map((path) => readRecording(resolve(context.cwd, path)))
      if (recordings.length === 0)
        throw new UsageError('there are no recordings to put side by side')
      context.stdout.write(textOf(versionTableOf(recordings, tagsInFeatures()), flags))
      context.exit(0)
    })
}

/** From which release on the package's features say that a scenario holds. */
function tagsInFeatures(): (scenario: string) => number | undefined {
  const tags = new Map(featureScenarios(packageRoot).map((each) => [each.id, each.tags]))
  return (scenario) => sinceOf(tags.get(scenario) ?? [])
}

const signs: { readonly [C in VersionCell]: string } = {
  holds: 'yes',
  'shows otherwise': 'otherwise',
  fails: 'no',
  'not recorded': '-',
}

function textOf({ versions, rows }: VersionTable, { all, json, markdown }: VersionsFlags): string {
  const shown = all ? rows : rows.filter(({ since }) => since !== 'always')
  if (json) return `${JSON.stringify({ versions, rows: shown }, undefined, 2)}\n`
  const count = `${rows.length - shown.length} of ${rows.length} scenarios hold in every release`
  if (markdown) {
    const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`
    const head = [
      line(['scenario', 'since', ...versions]),
      `|${' --- |'.repeat(versions.length + 2)}`,
    ]
    const body = shown.map(({ scenario, since, cells }) =>
      line([scenario, since, ...cells.map((cell) => signs[cell])]),
    )
    return `${[...head, ...body, '', all ? '' : `${count}.`].join('\n')}\n`
  }
  const lines = shown.map(({ scenario, since, cells }) => {
    const by = cells.map((cell, index) => `${versions[index]} ${signs[cell]}`).join(', ')
    return printable(`${since}: ${scenario} (${by})`)
  })
  return `${[...lines, ...(all ? [] : [count])].join('\n')}\n`
}
