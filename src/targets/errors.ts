/** The command line or a configuration is wrong; the process ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly exitCode = 2
}

/**
 * The environment cannot do what was asked; the process ends with exit code 3.
 *
 * The message is one line: what is missing, and how to mend it.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
  readonly exitCode = 3

  constructor(problem: string, options: { readonly mend: string; readonly cause?: unknown }) {
    super(
      oneLine(`${problem}: ${options.mend}`),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
  }
}

/**
 * The cluster did not do what a scenario states: a result, not a fault of the harness.
 *
 * Carries what was seen last, so that a report can show it without running anything again.
 */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError'
  readonly observed: unknown
  readonly recentEvents: readonly string[]

  constructor(
    problem: string,
    details: { readonly observed: unknown; readonly recentEvents: readonly string[] },
  ) {
    super(
      [
        problem,
        `last observed: ${textOf(details.observed)}`,
        ...(details.recentEvents.length === 0 ? [] : ['recent events:', ...details.recentEvents]),
      ].join('\n  '),
    )
    this.observed = details.observed
    this.recentEvents = details.recentEvents
  }
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return oneLine(error.errors.map(messageOf).join('; '))
  }
  return oneLine(error instanceof Error ? error.message : String(error))
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

/** Longest description of an observed value in an error message, in characters. */
const maxObservedLength = 2000

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= maxObservedLength ? text : `${text.slice(0, maxObservedLength)}…`
}
