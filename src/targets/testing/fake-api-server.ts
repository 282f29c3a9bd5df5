import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A key that is public, for a certificate that nobody but these tests trusts. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVOtvRuEROSf9pT78
TJW0Cn6szTDuewNaE5S9lf7A7uOhRANCAAQd8lb8IKmu/yEPX7Lk0fvkWpS3esId
RhvSfwZBogVs//0l+Bls3eaBciqqnuTtWPlUdhfA2PdbZ635bPrQT7JO
-----END PRIVATE KEY-----`
const certificate = `-----BEGIN CERTIFICATE-----
MIIBpzCCAU2gAwIBAgIUA5ajGekDctllYXbAqSDORNVp7SAwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZmFrZS1hcGktc2VydmVyMCAXDTI2MTEyNTE1NTgzN1oYDzIx
MjYxMTAxMTU1ODM3WjAaMRgwFgYDVQQDDA9mYWtlLWFwaS1zZXJ2ZXIwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQd8lb8IKmu/yEPX7Lk0fvkWpS3esIdRhvSfwZB
ogVs//0l+Bls3eaBciqqnuTtWPlUdhfA2PdbZ635bPrQT7JOo28wbTAdBgNVHQ4E
FgQU1x6gdsx9/hzGTBjp3VGMYqpCmdswHwYDVR0jBBgwFoAU1x6gdsx9/hzGTBjp
3VGMYqpCmdswDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2Nh
bGhvc3QwCgYIKoZIzj0EAwIDSAAwRQIgV24iKWZaWGrwQruUnqpWHtUO+mD/uLZ3
bDFCGMvvvM8CIQDGIJU7BMcpVacpiY31YLguGict7Yk77q0S97m8aMtCIQ==
-----END CERTIFICATE-----`

/** One request as a fake API server received it. */
export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** An HTTPS server that answers as a test says, and remembers what it was asked. */
export interface FakeApiServer extends AsyncDisposable {
  readonly url: string
  readonly requests: FakeRequest[]
  /** A kubeconfig that leads to it, with a bearer token. */
  kubeconfig(changes?: { readonly server?: string; readonly trusted?: boolean }): string
}

/** Starts a server on a free port of the loopback. */
export async function startFakeApiServer(
  answer: (request: FakeRequest, response: ServerResponse) => void,
): Promise<FakeApiServer> {
  const requests: FakeRequest[] = []
  const server = createServer({ key, cert: certificate }, (incoming, response) => {
    void received(incoming).then((request) => {
      requests.push(request)
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    requests,
    kubeconfig: (changes = {}) => kubeconfigFor(changes.server ?? url, changes.trusted ?? true),
    [Symbol.asyncDispose]: () => closed(server),
  }
}

/** Answers with JSON. */
export function answerJson(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function received(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'https://x')
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

function kubeconfigFor(server: string, trusted: boolean): string {
  const authority = Buffer.from(certificate).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'tester' } }],
    clusters: [
      {
        name: 'fake',
        cluster: { server, ...(trusted ? { 'certificate-authority-data': authority } : {}) },
      },
    ],
    users: [{ name: 'tester', user: { token: 'secret-token' } }],
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
