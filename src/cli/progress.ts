import type { Progress } from '../conformance/cluster-run'
import { printable } from '../conformance/render/terminal'
import type { ScenarioRun } from '../conformance/scenario-run'

/** How many scenarios must have ended before the rest is estimated from them. */
const fewestForEstimate = 5

/**
 * Tells of a run line by line: what passed only briefly, what did not with its reason.
 *
 * With `quiet` only what did not pass is told.
 */
export function lineProgress(
  out: NodeJS.WritableStream,
  options: { readonly quiet: boolean; readonly now: () => number },
): Progress {
  let startedAt = options.now()
  return {
    say: (line) => {
      // What comes before a cluster is up says nothing about how long scenarios take.
      startedAt = options.now()
      out.write(`${printable(line)}\n`)
    },
    finished: (run, done, total) => {
      if (options.quiet && run.outcome === 'passed') return
      const elapsed = (options.now() - startedAt) / 1000
      const left = done < fewestForEstimate ? undefined : (elapsed / done) * (total - done)
      out.write(`${lineOf(run, `${done}/${total}`, elapsed, left)}\n`)
    },
  }
}

function lineOf(
  run: ScenarioRun,
  count: string,
  elapsed: number,
  left: number | undefined,
): string {
  const { scenario, outcome, message } = run
  const estimate = left === undefined ? '' : `, ${clock(left)} left`
  const head = `[${count} ${clock(elapsed)}${estimate}] ${outcome} ${scenario.id}`
  const tail = outcome === 'passed' || message === undefined ? '' : `\n    ${firstLines(message)}`
  return printable(head) + tail
}

/** How much of a failure is shown while the run goes on; the report has the rest. */
const shownLines = 6

function firstLines(message: string): string {
  return message.split('\n').slice(0, shownLines).map(printable).join('\n    ')
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
