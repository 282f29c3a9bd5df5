import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EnvironmentError } from './errors'
import { HttpConnection } from './http-connection'
import { kubeConfigOf, loadKubeConfig } from './kubeconfig'
import { reachCluster } from './preflight'
import { answerJson, startFakeApiServer } from './testing/fake-api-server'

const folder = mkdtempSync(join(tmpdir(), 'dsc-preflight-'))
after(() => rmSync(folder, { recursive: true }))

/** Writes a file into the folder of this test and returns its path. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Asserts that the error is one line, says both what is wrong and how to mend it, and means exit code 3. */
function problem(pattern: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof EnvironmentError, String(error))
    assert.equal(error.exitCode, 3)
    assert.doesNotMatch(error.message, /\n/)
    assert.match(error.message, pattern)
    return true
  }
}

const environment = { HOME: folder }

test('a kubeconfig that is missing is named', async () => {
  await assert.rejects(
    loadKubeConfig({ path: '/nowhere/config', environment }),
    problem(/no kubeconfig at \/nowhere\/config: name one/),
  )
  await assert.rejects(loadKubeConfig({ environment }), problem(/no kubeconfig at .*\.kube.config/))
})

test('a kubeconfig that is no kubeconfig is named', async () => {
  for (const text of ['{ not yaml', 'just text', '', 'clusters: []', 'a: [1']) {
    const path = file('broken', text)
    await assert.rejects(loadKubeConfig({ path, environment }), problem(/the kubeconfig .*broken/))
  }
})

test('a context that does not exist is named, with those that do', async () => {
  await using server = await startFakeApiServer(() => {})
  const path = file('config', server.kubeconfig())
  await assert.rejects(
    loadKubeConfig({ path, context: 'lab', environment }),
    problem(/no context "lab": use one of fake$/),
  )
})

test('the kubeconfigs of KUBECONFIG are merged, the first current context wins', async () => {
  const other = file('other', 'clusters: [{name: o, cluster: {server: "https://o:1"}}]')
  await using server = await startFakeApiServer(() => {})
  const KUBECONFIG = `${file('config', server.kubeconfig())}:${other}`
  const kubeConfig = await loadKubeConfig({ environment: { KUBECONFIG } })
  assert.equal(kubeConfig.getCurrentCluster()?.server, server.url)
  assert.equal(kubeConfig.clusters.length, 2)
})

test('a cluster that is reached tells its version', async () => {
  await using server = await startFakeApiServer(({ path }, response) => {
    answerJson(response, path === '/version' ? { gitVersion: 'v1.36.2' } : { items: [] })
  })
  const connection = new HttpConnection(await kubeConfigOf(server.kubeconfig()))
  assert.equal((await reachCluster(connection)).gitVersion, 'v1.36.2')
})

test('a cluster that refuses the connection is unreachable', async () => {
  const server = await startFakeApiServer(() => {})
  await server[Symbol.asyncDispose]()
  const connection = new HttpConnection(await kubeConfigOf(server.kubeconfig()))
  await assert.rejects(
    reachCluster(connection),
    problem(/unreachable \(connection refused\): start/),
  )
})

test('a host name that nobody knows is told', async () => {
  await using fake = await startFakeApiServer(() => {})
  const kubeconfig = fake.kubeconfig({ server: 'https://nowhere.invalid:6443' })
  const connection = new HttpConnection(await kubeConfigOf(kubeconfig))
  await assert.rejects(reachCluster(connection), problem(/unreachable \(.*host name/))
})

test('a certificate that nobody signed is told', async () => {
  await using server = await startFakeApiServer(() => {})
  const kubeconfig = server.kubeconfig({ trusted: false })
  const connection = new HttpConnection(await kubeConfigOf(kubeconfig))
  await assert.rejects(reachCluster(connection), problem(/certificate .* not trusted .*--tls-san/))
})

for (const [code, pattern] of [
  [401, /does not accept the credentials: renew/],
  [403, /forbids what a run needs .*: use an administrator/],
  [500, /answers with 500/],
] as const) {
  test(`a cluster that answers with ${code} is told`, async () => {
    await using server = await startFakeApiServer(({ path }, response) => {
      if (path === '/version') answerJson(response, { gitVersion: 'v1.36.2' })
      else answerJson(response, { kind: 'Status', code, message: 'no' }, code)
    })
    const connection = new HttpConnection(await kubeConfigOf(server.kubeconfig()))
    await assert.rejects(reachCluster(connection), problem(pattern))
  })
}
