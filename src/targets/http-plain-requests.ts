import type { HttpConnection } from './http-connection'
import type { PlainRequests } from './plain-request'

/** The user agent of the steps; it says the same as that of their client. */
const userAgent = 'daemonset-conformance'

/** Plain requests over a connection, with its credentials. */
export function plainRequestsOver(connection: HttpConnection): PlainRequests {
  return (request) => connection.ask({ ...request, userAgent })
}
