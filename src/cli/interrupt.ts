/** A run that Ctrl-C or a termination request ends in order: what was observed is kept, clusters are removed. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Gives the signals back to the process. */
  end(): void
}

/** Listens for SIGINT and SIGTERM; a second one ends the process at once. */
export function interruptible(): Interrupt {
  const controller = new AbortController()
  const abort = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
  }
  process.on('SIGINT', abort)
  process.on('SIGTERM', abort)
  return {
    signal: controller.signal,
    end: () => {
      process.off('SIGINT', abort)
      process.off('SIGTERM', abort)
    },
  }
}
