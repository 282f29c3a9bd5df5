/** What the health paths check, in the order in which they say so. */
const checks: readonly string[] = ['ping', 'log', 'etcd', 'poststarthook/start-controllers']

/** What a health path answers: text, and a code. */
export interface Health {
  readonly code: 200 | 404
  readonly text: string
}

/** Answers `/healthz`, `/livez` and `/readyz`, with or without the name of one check (DISC-03, DISC-04). */
export function healthOf(path: string, parameters: URLSearchParams): Health | undefined {
  const match = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(path.replace(/(.)\/$/, '$1'))
  if (match === null) return undefined
  const [, endpoint = '', check] = match
  if (check !== undefined && check !== '') {
    return checks.includes(check)
      ? { code: 200, text: 'ok' }
      : { code: 404, text: '404 page not found\n' }
  }
  if (!parameters.has('verbose')) return { code: 200, text: 'ok' }
  const excluded = new Set(parameters.getAll('exclude'))
  const lines = checks.map((name) =>
    excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`,
  )
  return { code: 200, text: `${lines.join('\n')}\n${endpoint} check passed\n` }
}
