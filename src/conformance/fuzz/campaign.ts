import fc from 'fast-check'
import { EnvironmentError, messageOf } from '../../targets/errors'
import type { StartedTarget } from '../../targets/target'
import { isSameMinor } from '../kubernetes-version'
import { checkInvariants, InvariantCheck } from './check-invariants'
import { type Finding, findingOf, findingOfError } from './finding'
import { histories } from './histories'
import type { History } from './history'
import { HistoryRun } from './history-run'
import { lockstep } from './lockstep'
import type { WatchedTarget } from './watched-target'

/** What a campaign runs on, and how far it goes. */
export interface CampaignOptions {
  readonly inProcess: WatchedTarget
  /** Absent: only invariants are checked, on the in-process cluster. */
  readonly reference?: StartedTarget
  readonly seed: number
  readonly histories: number
  /** The most steps of a history after its start. */
  readonly steps: number
  /** How long it may last, in milliseconds; what is under way then is finished. */
  readonly limitMilliseconds: number
  /** How long one finding may be shrunk, in milliseconds. */
  readonly shrinkMilliseconds: number
  /** Milliseconds of wall time. */
  readonly now: () => number
  readonly signal: AbortSignal
  readonly progress: CampaignProgress
}

/** What a campaign tells while it goes on. */
export interface CampaignProgress {
  finished(history: History, tally: Tally): void
  found(finding: Finding): void
  shrunk(finding: Finding): void
}

/** How much has happened so far, shrinking aside. */
export interface Tally {
  readonly histories: number
  readonly steps: number
  /** How many histories ended early, as Kubernetes leaves open what follows. */
  readonly leftOpen: number
}

/** The findings of a campaign, each as small as it became, and how much was tried. */
export interface CampaignResult {
  readonly tally: Tally
  readonly findings: readonly Finding[]
}

/** Runs random histories until there were enough of them or the time is over; the seed repeats all of it. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = new Campaign(options)
  await campaign.run()
  return campaign
}

/** Runs one history, once. */
export async function replay(
  history: History,
  options: Pick<CampaignOptions, 'inProcess' | 'reference'> & {
    readonly stepped: (done: number) => void
    readonly signal?: AbortSignal
  },
): Promise<{
  readonly finding: Finding | undefined
  readonly steps: number
  readonly isOpen: boolean
}> {
  const { inProcess, reference, stepped, signal } = options
  const id = `random history ${history.seed}`
  await using watched = await inProcess.open(id)
  if (reference === undefined) {
    const checked = await checkInvariants(watched, history)
    return {
      finding: findingOf(history, { kind: 'broken', ...checked }),
      steps: checked.lines.length,
      isOpen: false,
    }
  }
  await using there = await reference.openScenario(id)
  const outcome = await lockstep(history, {
    check: new InvariantCheck(watched),
    reference: new HistoryRun(there),
    comparison: { wording: isSameMinor(inProcess.target.version, reference.version) },
    signal,
    stepped,
  })
  return {
    finding: findingOf(history, outcome),
    steps: outcome.lines.length,
    isOpen: outcome.kind === 'left open',
  }
}

class Campaign implements CampaignResult {
  readonly findings: Finding[] = []
  tally: Tally = { histories: 0, steps: 0, leftOpen: 0 }
  readonly #options: CampaignOptions
  readonly #deadline: number
  /** The smallest case of what is being shrunk. */
  #smallest: Finding | undefined
  #shrinkUntil = 0
  #failure: unknown

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#deadline = options.now() + options.limitMilliseconds
  }

  async run(): Promise<void> {
    const { histories: wanted, seed, steps, reference, progress } = this.#options
    const shape = { steps, slowSteps: reference?.live === true ? 'rarely' : 'often' } as const
    const property = fc.asyncProperty(histories(shape), (history) => this.#try(history))
    while (!this.#isOver && this.tally.histories < wanted) {
      this.#smallest = undefined
      const done = this.tally.histories
      await fc.check(property, { seed: seed + done, numRuns: wanted - done })
      if (this.#failure !== undefined) throw this.#failure
      if (this.#smallest === undefined) continue
      this.findings.push(this.#smallest)
      progress.shrunk(this.#smallest)
    }
  }

  get #isOver(): boolean {
    const { signal, now } = this.#options
    return signal.aborted || this.#failure !== undefined || now() >= this.#deadline
  }

  /** Throws when the history shows something; what is not to be tried any more passes. */
  async #try(history: History): Promise<void> {
    const { now, shrinkMilliseconds, progress } = this.#options
    const isShrinking = this.#smallest !== undefined
    if (isShrinking ? this.#isInterrupted || now() >= this.#shrinkUntil : this.#isOver) return
    const finding = await this.#run(history, isShrinking)
    if (finding === undefined) return
    if (!isShrinking) {
      this.#shrinkUntil = now() + shrinkMilliseconds
      progress.found(finding)
    }
    this.#smallest = finding
    throw new Error(finding.title)
  }

  get #isInterrupted(): boolean {
    return this.#options.signal.aborted || this.#failure !== undefined
  }

  async #run(history: History, isShrinking: boolean): Promise<Finding | undefined> {
    const { inProcess, reference, progress } = this.#options
    const clusters = { inProcess, ...(reference === undefined ? {} : { reference }) }
    try {
      const { signal } = this.#options
      const options = { ...clusters, signal, stepped: () => {} }
      const { finding, steps, isOpen } = await replay(history, options)
      if (!isShrinking) {
        this.#count(steps, isOpen)
        progress.finished(history, this.tally)
      }
      return finding
    } catch (error) {
      if (reference === undefined && !(error instanceof EnvironmentError)) {
        if (!isShrinking) this.#count(0, false)
        return findingOfError(history, messageOf(error))
      }
      this.#failure = error
      return undefined
    }
  }

  #count(steps: number, isOpen: boolean): void {
    const { tally } = this
    this.tally = {
      histories: tally.histories + 1,
      steps: tally.steps + steps,
      leftOpen: tally.leftOpen + (isOpen ? 1 : 0),
    }
  }
}
