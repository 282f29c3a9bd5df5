import { watch } from 'chokidar'
import { type Affected, both } from './affected'

/** How long saves are gathered, in milliseconds: editors and formatters write several times in a row. */
const gatherMilliseconds = 60

export interface WatchLoopOptions {
  /** What to watch; asked again after every save. */
  readonly paths: () => readonly string[]
  readonly affectedBy: (path: string) => Affected
  /** Runs what is affected, until it is done or the signal is aborted. */
  readonly run: (affected: Affected, saved: readonly string[], signal: AbortSignal) => Promise<void>
  /** Called when everything is quiet and the next save is waited for. */
  readonly idle: () => void
  /** Aborted: the watch is over. */
  readonly signal: AbortSignal
}

/**
 * Runs everything once, and then again what every saved file affects, until the signal is aborted.
 *
 * A save while something runs ends that run; what it left open runs again together with what the save affects.
 */
export async function watchLoop(options: WatchLoopOptions): Promise<void> {
  const { paths, run, idle, signal } = options
  const saves = new Saves(options)
  const watcher = watch([...paths()], { ignoreInitial: true, ignored: isUninteresting })
  watcher.on('all', (event, path) => {
    if (event.endsWith('Dir')) return
    watcher.add([...paths()])
    saves.take(path)
  })
  try {
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
    let affected: Affected = 'everything'
    let saved: readonly string[] = []
    while (!signal.aborted) {
      const interrupted = saves.interruption()
      await run(affected, saved, AbortSignal.any([signal, interrupted]))
      if (signal.aborted) break
      if (!interrupted.aborted) {
        affected = new Set()
        idle()
      }
      const next = await saves.next()
      affected = both(affected, next.affected)
      saved = next.paths
    }
  } finally {
    await watcher.close()
  }
}

/** The saves that nobody has acted on yet. */
class Saves {
  #paths = new Set<string>()
  #affected: Affected = new Set()
  #running = new AbortController()
  #arrived: () => void = () => {}
  readonly #options: WatchLoopOptions

  constructor(options: WatchLoopOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#arrived(), { once: true })
  }

  take(path: string): void {
    const affected = this.#options.affectedBy(path)
    if (affected !== 'everything' && affected.size === 0) return
    this.#paths.add(path)
    this.#affected = both(this.#affected, affected)
    this.#running.abort()
    this.#arrived()
  }

  /** Aborted by the next save. */
  interruption(): AbortSignal {
    this.#running = new AbortController()
    if (this.#paths.size > 0) this.#running.abort()
    return this.#running.signal
  }

  /** Waits for a save and gathers those that follow at once. */
  async next(): Promise<{ readonly paths: readonly string[]; readonly affected: Affected }> {
    const { signal } = this.#options
    if (this.#paths.size === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, gatherMilliseconds))
    const taken = { paths: [...this.#paths], affected: this.#affected }
    this.#paths = new Set()
    this.#affected = new Set()
    return taken
  }
}

/** Whatever is no feature, manifest or source, and the folders that hold copies of such. */
function isUninteresting(path: string, stats?: { isFile(): boolean }): boolean {
  if (/[\\/](?:node_modules|\.git|dist)(?:[\\/]|$)/.test(path)) return true
  return stats?.isFile() === true && !/\.(?:feature|ya?ml|[jt]sx?|json)$/.test(path)
}
