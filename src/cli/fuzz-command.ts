import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { CampaignOptions, CampaignProgress, Tally } from '../conformance/fuzz/campaign'
import { featureText } from '../conformance/fuzz/feature-text'
import type { Finding } from '../conformance/fuzz/finding'
import { type History, historyOf, historyText } from '../conformance/fuzz/history'
import { startWatchedTarget } from '../conformance/fuzz/watched-target'
import { printable } from '../conformance/render/terminal'
import { EnvironmentError, UsageError } from '../targets/errors'
import { openSession, type Session } from '../targets/session'
import { parseTarget } from '../targets/target'
import { interruptible } from './interrupt'
import { target } from './options'
import type { CliContext } from './program'

interface FuzzFlags {
  readonly reference?: string
  readonly steps: number
  readonly seed: number
  readonly histories: number
  readonly time: number
  readonly shrinkTime: number
  readonly output: string
  readonly replay?: string
}

/** `dsc fuzz`: random histories, checked for invariants and, with a reference, compared step by step. */
export function addFuzzCommand(program: Command, context: CliContext): void {
  program
    .command('fuzz')
    .description('let random things happen, check the invariants, compare with a real cluster')
    .option('--reference <target>', 'the cluster to compare with, step by step', target)
    .option('--steps <number>', 'the most steps of a history', count, 40)
    .option('--histories <number>', 'how many histories', count, 50)
    .option('--seed <number>', 'the same seed gives the same histories', count, 1)
    .option('--time <duration>', 'when to end at the latest, e.g. 90s, 10m, 2h', duration, 600_000)
    .option('--shrink-time <duration>', 'how long a finding may be shrunk', duration, 300_000)
    .option(
      '--output <folder>',
      'where findings go, each as a feature and as a history',
      join('reports', 'fuzz'),
    )
    .option('--replay <file>', 'run this one history, as a finding was written')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing found, 1 a divergence or a broken invariant, 2 wrong command line or history,\n3 the environment failed, 130 interrupted.',
    )
    .action((flags: FuzzFlags) => fuzz(flags, context))
}

async function fuzz(flags: FuzzFlags, context: CliContext): Promise<void> {
  const history = flags.replay === undefined ? undefined : readHistory(flags.replay, context)
  const interrupt = interruptible()
  try {
    await using inProcess = await startWatchedTarget(flags.seed)
    await using session = await referenceOf(flags, context)
    const clusters = {
      inProcess,
      ...(session === undefined ? {} : { reference: session.target }),
    }
    if (history !== undefined) await replayOne(history, clusters, flags, context)
    else await campaign(flags, clusters, interrupt.signal, context)
  } finally {
    interrupt.end()
  }
}

type Clusters = Pick<CampaignOptions, 'inProcess' | 'reference'>

/** Loaded when it is asked for only: fast-check would slow every other command down. */
function campaigns() {
  return require('../conformance/fuzz/campaign') as typeof import('../conformance/fuzz/campaign')
}

async function campaign(
  flags: FuzzFlags,
  clusters: Clusters,
  signal: AbortSignal,
  context: CliContext,
): Promise<void> {
  const { runCampaign } = campaigns()
  const { tally, findings } = await runCampaign({
    ...clusters,
    seed: flags.seed,
    histories: flags.histories,
    steps: flags.steps,
    limitMilliseconds: flags.time,
    shrinkMilliseconds: flags.shrinkTime,
    now: Date.now,
    signal,
    progress: progressOf(flags, context),
  })
  say(context, `${tallyText(tally)}, ${findings.length} findings; seed ${flags.seed}`)
  context.exit(signal.aborted ? 130 : findings.length === 0 ? 0 : 1)
}

function progressOf(flags: FuzzFlags, context: CliContext): CampaignProgress {
  const startedAt = Date.now()
  return {
    finished: (_, tally) => {
      const seconds = Math.round((Date.now() - startedAt) / 1000)
      say(context, `[${tally.histories}/${flags.histories} ${seconds} s] ${tallyText(tally)}`)
    },
    // Kept before it is shrunk, too: shrinking on a real cluster takes its time, and may be interrupted.
    found: (finding) => {
      keep(finding, flags, context)
      say(context, 'shrinking')
    },
    shrunk: (finding) => keep(finding, flags, context),
  }
}

async function replayOne(
  history: History,
  clusters: Clusters,
  flags: FuzzFlags,
  context: CliContext,
): Promise<void> {
  const { replay } = campaigns()
  const stepped = (done: number) => {
    say(context, `[${done}/${history.steps.length}] ${JSON.stringify(history.steps[done - 1])}`)
  }
  const { finding, isOpen } = await replay(history, { ...clusters, stepped })
  if (isOpen) say(context, 'from here on Kubernetes leaves open what happens')
  if (finding === undefined) say(context, 'nothing found')
  else keep(finding, flags, context)
  context.exit(finding === undefined ? 0 : 1)
}

/** Writes a finding as a feature and as a history, and tells of it. */
function keep(finding: Finding, flags: FuzzFlags, context: CliContext): void {
  const folder = resolve(context.cwd, flags.output)
  const name = `random-history-${finding.history.seed}`
  const file = relative(context.cwd, join(folder, `${name}.json`))
  const against = flags.reference === undefined ? '' : ` --reference ${flags.reference}`
  const repeat = `dsc fuzz --replay ${file}${against}${flags.seed === 1 ? '' : ` --seed ${flags.seed}`}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${name}.json`), historyText(finding.history))
    writeFileSync(join(folder, `${name}.feature`), featureText(finding, repeat))
  } catch (cause) {
    throw new EnvironmentError(`${folder} cannot be written`, {
      mend: 'choose another place with --output',
      cause,
    })
  }
  say(context, 'found:')
  for (const line of finding.details) say(context, `  ${line}`)
  say(context, `  ${finding.history.steps.length} steps: ${join(folder, `${name}.feature`)}`)
  say(context, `  repeat: ${repeat}`)
}

async function referenceOf(flags: FuzzFlags, { env }: CliContext): Promise<Session | undefined> {
  const { reference, seed } = flags
  if (reference === undefined) return undefined
  const spec = parseTarget(reference)
  if (spec.kind === 'recording') {
    throw new UsageError(`--reference ${reference}: nothing can happen on a recording`)
  }
  if (spec.kind === 'k3s' && spec.nodes !== 'simulated') {
    throw new UsageError(`--reference ${reference}: histories make nodes of their own`)
  }
  return await openSession(spec, { name: reference, seed, env })
}

function readHistory(file: string, { cwd }: CliContext): History {
  let text: string
  try {
    text = readFileSync(resolve(cwd, file), 'utf8')
  } catch (cause) {
    throw new UsageError(`--replay ${file} cannot be read`, { cause })
  }
  return historyOf(text, file)
}

function tallyText({ histories, steps, leftOpen }: Tally): string {
  const open =
    leftOpen === 0 ? '' : ` (${leftOpen} ended where Kubernetes leaves open what follows)`
  return `${steps} steps in ${histories} histories${open}`
}

function say({ stdout }: CliContext, line: string): void {
  stdout.write(`${printable(line)}\n`)
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('wanted a whole number from 0 on')
  return Number(text)
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }

function duration(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})([smh])$/.exec(text) ?? []
  if (amount === undefined) throw new InvalidArgumentError('wanted a duration such as 90s, 10m, 2h')
  return Number(amount) * (units[unit] ?? 1000)
}
