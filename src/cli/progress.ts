import type { Progress } from '../conformance/cluster-run'
import { printable } from '../conformance/render/terminal'
import type { ScenarioRun } from '../conformance/scenario-run'

/** How much must have ended before the rest is estimated from it: so many scenarios, and this part of all. */
const neededForEstimate = { scenarios: 5, part: 0.05 } as const

/** How much of a run is told. */
export type Verbosity =
  /** Every scenario, for somebody who watches. */
  | 'scenarios'
  /** What did not pass, and a line for every feature: for a log that is read later. */
  | 'features'
  /** Only what did not pass. */
  | 'failures'

/** How much to tell where the text goes to. */
export function verbosityFor(
  out: NodeJS.WritableStream,
  { quiet }: { readonly quiet: boolean },
): Verbosity {
  if (quiet) return 'failures'
  return 'isTTY' in out && out.isTTY === true ? 'scenarios' : 'features'
}

/** Tells of a run line by line: what passed only briefly, what did not with its reason. */
export function lineProgress(
  out: NodeJS.WritableStream,
  { verbosity, now }: { readonly verbosity: Verbosity; readonly now: () => number },
): Progress {
  let startedAt = now()
  let features = new Map<string, Feature>()
  return {
    say: (line) => void out.write(`${printable(line)}\n`),
    started: (scenarios) => {
      // What comes before a cluster is up says nothing about how long scenarios take.
      startedAt = now()
      features = new Map()
      for (const { uri } of scenarios) {
        const size = (features.get(uri)?.size ?? 0) + 1
        features.set(uri, { size, ended: 0, passed: 0 })
      }
    },
    finished: (run, done, total) => {
      const head = headOf((now() - startedAt) / 1000, done, total)
      const hasPassed = run.outcome === 'passed'
      if (!hasPassed || verbosity === 'scenarios') out.write(`${lineOf(run, head)}\n`)
      const feature = features.get(run.scenario.uri)
      if (feature === undefined) return
      feature.ended += 1
      if (hasPassed) feature.passed += 1
      if (feature.ended < feature.size) return
      if (verbosity === 'features') {
        out.write(
          printable(`${head} ${feature.passed} of ${feature.size} passed: ${run.scenario.uri}`),
        )
        out.write('\n')
      }
      // With --repeat it comes again.
      Object.assign(feature, { ended: 0, passed: 0 })
    },
  }
}

/** How far a feature has come in the present attempt. */
interface Feature {
  readonly size: number
  ended: number
  passed: number
}

function headOf(elapsed: number, done: number, total: number): string {
  const { scenarios, part } = neededForEstimate
  const isEnough = done >= scenarios && done >= total * part && done < total
  const estimate = isEnough ? `, ${clock((elapsed / done) * (total - done))} left` : ''
  return `[${done}/${total} ${clock(elapsed)}${estimate}]`
}

function lineOf({ scenario, outcome, message }: ScenarioRun, head: string): string {
  const tail = outcome === 'passed' || message === undefined ? '' : `\n    ${firstLines(message)}`
  return printable(`${head} ${outcome} ${scenario.id}`) + tail
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
