import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { registryFinding } from './doctor-registry'

/** What the doctor says of a server that answers with this code. */
async function findingFor(code: number) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(code).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const finding = await registryFinding('registry', `http://127.0.0.1:${port}/`)
    assert.deepEqual(asked, ['/v2/'])
    return finding
  } finally {
    server.close()
  }
}

describe('the doctor asks a registry', () => {
  it('and takes a demand for credentials for a sign of life', async () => {
    assert.equal((await findingFor(200)).state, 'ok')
    assert.equal((await findingFor(401)).state, 'ok')
  })

  it('and tells a server that is none, one that is ill, and one that is not there', async () => {
    assert.match((await findingFor(404)).fix ?? '', /this is no registry/)
    assert.match((await findingFor(503)).fix ?? '', /try again later/)
    const gone = await registryFinding('registry', 'http://127.0.0.1:1')
    assert.equal(gone.state, 'warning')
    assert.match(gone.detail, /cannot be reached/)
  })
})
