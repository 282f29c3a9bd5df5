/** Settles as the work does, or rejects with the signal's reason as soon as that is aborted; the work itself goes on. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work
  let end: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    if (end !== undefined) signal.removeEventListener('abort', end)
  }
}
