/** A request in the words of HTTP, for what the port `Client` has no verb for: discovery, tables, headers. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path with query, from the root of the server. */
  readonly path: string
  /** Besides those of the connection, or in their place; default: JSON is wanted, and JSON is sent. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
}

/** What the server said; a refusal is an answer like any other. */
export interface PlainAnswer {
  readonly status: number
  /** By name in lower case, each with all its lines. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>
  readonly body: string
}

/** Sends plain requests to the cluster of a scenario. */
export type PlainRequests = (request: PlainRequest) => Promise<PlainAnswer>

/** Characters that a path and a query may consist of; all others have to be escaped. */
const printable = /^\/[!-"$-~]*$/

/**
 * Throws where a request could leave the cluster or the scenario: the path has to be one from the root of the
 * server, and writes have to stay in the scenario's namespace, which is removed with all that is in it.
 */
export function checkPlainRequest({ method, path }: PlainRequest, namespace: string): void {
  const refuse = (problem: string): never => {
    throw new Error(`${method} ${path}: ${problem}`)
  }
  if (!printable.test(path)) refuse('wanted a path that begins with "/", without spaces')
  const segments = path.replace(/\?.*$/, '').split('/').slice(1).map(unescaped)
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    refuse('wanted a path without "." and ".."')
  }
  if (segments[0] === '' && segments.length > 1) refuse('wanted one "/" at the beginning')
  // `/api/v1/namespaces/x/...` or `/apis/apps/v1/namespaces/x/...`; without more it is the namespace itself.
  const [scope, name, resource = ''] = segments.slice(segments[0] === 'api' ? 2 : 3)
  const isInside = scope === 'namespaces' && name === namespace && resource !== ''
  if (method !== 'GET' && !isInside) refuse(`wanted a write inside the namespace ${namespace}`)
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
