import { type Command, Option } from 'commander'
import { printable } from '../conformance/render/terminal'
import { UsageError } from '../targets/errors'
import { parseTarget } from '../targets/target'
import { warmDown, warmUp, warmUsage } from '../targets/warm-k3s'
import { warmFiles } from '../targets/warm-state'
import { interruptible } from './interrupt'
import { target } from './options'
import type { CliContext } from './program'

/** Exit code of an interrupted start. */
const interruptedExitCode = 130

/** `dsc up` and `dsc down`: one k3s that runs reuse, so that none waits for its start. */
export function addWarmCommands(program: Command, context: CliContext): void {
  program
    .command('up')
    .description('start a k3s that the runs after it reuse, until "dsc down"')
    .argument('[target]', 'k3s[:<tag or image>][?controller=ours]', target, 'k3s')
    .addOption(
      new Option('--image <image>', 'image of the k3s target, with tag or digest').env(
        'DSC_K3S_IMAGE',
      ),
    )
    .addHelpText(
      'after',
      '\nA run with a k3s of the same image and controller reuses it, and says so. Does nothing where it is up.',
    )
    .action((name: string, flags: { readonly image?: string }) => up(name, flags, context))
  program
    .command('down')
    .description('remove the k3s that "dsc up" has started, and all that belongs to it')
    .action(() => down(context))
}

async function up(
  name: string,
  flags: { readonly image?: string },
  context: CliContext,
): Promise<void> {
  const { env: environment } = context
  const spec = parseTarget(name)
  if (spec.kind !== 'k3s' || spec.nodes !== 'simulated') {
    throw new UsageError(`up ${name}: only a k3s with simulated nodes can be kept up`)
  }
  const interrupt = interruptible()
  try {
    const start = await warmUp({ spec, environment, ...flags, signal: interrupt.signal })
    const { state, how, note } = start
    const controller = state.controller === 'ours' ? ', without a DaemonSet controller' : ''
    const lines = [
      ...(note === undefined ? [] : [note]),
      `${how}: k3s ${state.image}${controller}, since ${state.startedAt}`,
      ...warmUsage(start, warmFiles(environment)),
    ]
    context.stdout.write(`${lines.map(printable).join('\n')}\n`)
    context.exit(0)
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    context.stderr.write('interrupted: nothing is left of it\n')
    context.exit(interruptedExitCode)
  } finally {
    interrupt.end()
  }
}

async function down(context: CliContext): Promise<void> {
  const removed = await warmDown(context.env)
  const lines =
    removed.length === 0 ? ['there was no warm k3s'] : removed.map((each) => `removed ${each}`)
  context.stdout.write(`${lines.map(printable).join('\n')}\n`)
  context.exit(0)
}
