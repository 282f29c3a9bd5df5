import { StatusError } from '../kubernetes/status-error'
import { containerEngine, isImagePresent, k3sImageFor } from './container-engine'
import { EnvironmentError, messageOf, UsageError } from './errors'
import type { HttpConnection, ServerVersion } from './http-connection'
import type { Environment } from './kubeconfig'

/** Asks an API server who it is; throws an `EnvironmentError` that says why it cannot be used. */
export async function reachCluster(connection: HttpConnection): Promise<ServerVersion> {
  try {
    // Anybody may read the version; the nodes show whether the credentials are good for something.
    const version = await connection.version()
    await connection.request({
      method: 'GET',
      path: '/api/v1/nodes?limit=1',
      userAgent: 'daemonset-conformance',
    })
    return version
  } catch (cause) {
    throw clusterProblem(connection.server.origin, cause)
  }
}

/** What to tell people when a request to a cluster failed before anything was tried. */
export function clusterProblem(server: string, cause: unknown): EnvironmentError {
  if (cause instanceof StatusError) return refusalProblem(server, cause)
  const code = codeOf(cause)
  const [problem, mend] = networkProblems[code] ?? [messageOf(cause), 'check the address']
  if (isCertificateProblem(code)) {
    return new EnvironmentError(`the certificate of ${server} is not trusted (${code})`, {
      mend: 'put the right certificate-authority-data into the kubeconfig, or start the server with --tls-san for this address',
      cause,
    })
  }
  return new EnvironmentError(`cluster ${server} is unreachable (${problem})`, { mend, cause })
}

const networkProblems: { readonly [code: string]: readonly [string, string] } = {
  ECONNREFUSED: ['connection refused', 'start it, or choose another context'],
  ECONNRESET: ['connection closed', 'check that an API server listens there'],
  ENOTFOUND: ['unknown host name', 'check the address in the kubeconfig'],
  EAI_AGAIN: ['host name cannot be looked up', 'check the network'],
  EHOSTUNREACH: ['no route', 'check the network'],
  ENETUNREACH: ['no network', 'check the network'],
  ETIMEDOUT: ['no answer', 'check the network, or choose another context'],
  EPROTO: ['it does not speak TLS', 'check the address in the kubeconfig'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS', 'check the address in the kubeconfig'],
}

function refusalProblem(server: string, refusal: StatusError): EnvironmentError {
  const options = { cause: refusal }
  switch (refusal.code) {
    case 401:
      return new EnvironmentError(`cluster ${server} does not accept the credentials`, {
        mend: 'renew them in the kubeconfig, or choose another context',
        ...options,
      })
    case 403:
      return new EnvironmentError(
        `cluster ${server} forbids what a run needs (${refusal.message})`,
        {
          mend: 'use an administrator of the cluster',
          ...options,
        },
      )
    default:
      return new EnvironmentError(
        `cluster ${server} answers with ${refusal.code} (${messageOf(refusal)})`,
        { mend: 'check that it is a healthy API server', ...options },
      )
  }
}

function isCertificateProblem(code: string): boolean {
  return /CERT|UNABLE_TO_VERIFY|ALTNAME/.test(code)
}

/** The first code of an error or of what caused it. */
function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code
    const inner = each instanceof AggregateError ? each.errors.map(codeOf).find((code) => code) : ''
    if (inner) return inner
  }
  return ''
}

/** Whether a k3s target could start without pulling anything: is there an engine, and has it got the image? */
export async function isK3sImageAvailable(
  environment: Environment,
  override?: string,
): Promise<boolean> {
  try {
    const engine = await containerEngine(environment)
    return await isImagePresent(engine, k3sImageFor({ override, environment }))
  } catch (error) {
    // A name that is none is a mistake, not an image that is missing.
    if (error instanceof UsageError) throw error
    return false
  }
}
