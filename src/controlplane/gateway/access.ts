import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { StatusError } from '../../kubernetes/status-error'

/** Under which names a client may ask: those of this machine alone, so that no web page can (DNS rebinding). */
const hostNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]', 'kubernetes'])

/** Whether the request was meant for this server. */
export function isForThisHost({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? ''
  return hostNames.has(host.replace(/:\d+$/, '').toLowerCase())
}

/** The cookie that lets a person's browser in; it opens the page and nothing else. */
export const pageCookie = 'dsc-page'

/** Knows the one token and lets in who has it. */
export class Door {
  readonly #token: Buffer
  readonly #pageDigest: Buffer
  /** What the cookie of the page holds: not the token, so that it opens the page only. */
  readonly pageToken: string

  constructor(token: string) {
    this.#token = Buffer.from(token)
    this.pageToken = createHash('sha256').update(`page of ${token}`).digest('hex')
    this.#pageDigest = digestOf(this.pageToken)
  }

  /**
   * Checks the bearer token.
   *
   * @throws StatusError `Unauthorized` (DISC-05)
   */
  check({ headers }: IncomingMessage): void {
    const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    if (!this.isToken(given)) {
      throw new StatusError('Unauthorized', 'Unauthorized')
    }
  }

  /** Whether the text is the token of the API; how long that is, is no secret. */
  isToken(text: string): boolean {
    const given = Buffer.from(text)
    return given.length === this.#token.length && timingSafeEqual(given, this.#token)
  }

  /** Whether a browser carries the cookie of the page. */
  hasPageCookie({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(/; */)
    const value = cookies.find((cookie) => cookie.startsWith(`${pageCookie}=`))
    return timingSafeEqual(digestOf(value?.slice(pageCookie.length + 1) ?? ''), this.#pageDigest)
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
