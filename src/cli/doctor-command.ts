import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { recordingsIn } from '../conformance/reference'
import { printable } from '../conformance/render/terminal'
import { type Finding, findingsOf } from '../targets/doctor'
import { messageOf } from '../targets/errors'
import { packageRoot, version } from './package'
import type { CliContext } from './program'

interface DoctorFlags {
  readonly json: boolean
  readonly probe: boolean
  readonly image?: string
}

/** `dsc doctor`: what a run needs, whether it is there, and how to mend it. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check engine, image, ports, disk and versions, and print the fix for each')
    .option('--json', 'print the findings as JSON', false)
    .option(
      '--probe',
      'start a privileged container for a moment, to see what real nodes would lack here',
      false,
    )
    .addOption(
      new Option('--image <image>', 'image of the k3s target, with tag or digest').env(
        'DSC_K3S_IMAGE',
      ),
    )
    .addHelpText('after', '\nExit codes: 0 a run can be verified here, 3 it cannot.')
    .action((flags: DoctorFlags) => doctor(flags, context))
}

async function doctor({ json, probe, image }: DoctorFlags, context: CliContext): Promise<void> {
  const { engines } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  const found = await findingsOf({
    environment: context.env,
    cwd: context.cwd,
    probe,
    engines: String(engines?.node ?? ''),
    ...(image === undefined ? {} : { image }),
  })
  const isLive = found.some(({ name, state }) => name === 'k3s image' && state === 'ok')
  const findings = [
    { name: 'dsc', state: 'ok', detail: version } as const,
    ...found,
    recordingFinding(isLive),
  ]
  context.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : textOf(findings))
  context.exit(findings.some(({ state }) => state === 'problem') ? 3 : 0)
}

/** Without a live reference a recording is needed, or nothing can be verified. */
function recordingFinding(isLive: boolean): Finding {
  const name = 'recordings'
  try {
    const versions = recordingsIn(join(packageRoot, 'reports', 'recordings')).map(
      ({ recording }) => recording.cluster.version,
    )
    if (versions.length > 0) return { name, state: 'ok', detail: versions.join(', ') }
    const fix = 'record a real cluster with dsc record, or bring in the k3s image'
    return { name, state: isLive ? 'ok' : 'problem', detail: 'none', ...(isLive ? {} : { fix }) }
  } catch (error) {
    return { name, state: 'problem', detail: messageOf(error), fix: 'record it again' }
  }
}

function textOf(findings: readonly Finding[]): string {
  return findings
    .map(({ name, state, detail, fix }) => {
      const line = `${state.padEnd(8)} ${name.padEnd(17)} ${printable(detail)}\n`
      return fix === undefined ? line : `${line}${' '.repeat(27)}fix: ${printable(fix)}\n`
    })
    .join('')
}
