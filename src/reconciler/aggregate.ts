/** Throws what went wrong in a pass, all of it in one error; does nothing when nothing did (MANAGE-35). */
export function throwAll(errors: readonly unknown[]): void {
  const [first] = errors
  if (errors.length === 0) return
  if (errors.length === 1) throw first
  const messages = new Set(errors.map(messageOf))
  throw new AggregateError(errors, `[${[...messages].join(', ')}]`)
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
