import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { daemonSet, Served } from '../testing/served'

// biome-ignore lint/style/noProcessEnv: the machine says which browser it has
const chromium = process.env['DSC_CHROMIUM'] ?? 'chromium'
const browserMilliseconds = 60_000

/** Why no browser can be started; false when one can. */
function missingBrowser(): string | false {
  try {
    execFileSync(chromium, ['--version'], { stdio: 'ignore' })
    return false
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
    return `no Chromium: ${why}; install it or name it in DSC_CHROMIUM`
  }
}

describe('the live page', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 3 })
    await served.cluster.advance(2_000)
    await served.post('/apis/apps/v1/namespaces/default/daemonsets', daemonSet('agent'))
    await served.post('/api/v1/namespaces/default/events', {
      metadata: { name: 'evil', namespace: 'default' },
      involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' },
      reason: 'Evil',
      type: 'Warning',
      message:
        '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>',
    })
    await served.cluster.advance(2_000)
  })
  after(() => served[Symbol.asyncDispose]())

  const html = { Accept: 'text/html' }
  const keyOf = () => new URL(served.served.pageUrl).searchParams.get('key') ?? ''

  it('is for browsers that were let in', async () => {
    assert.equal((await served.ask('GET', '/', { headers: html, anonymous: true })).code, 401)
    assert.equal(
      (await served.ask('GET', '/?key=wrong', { headers: html, anonymous: true })).code,
      401,
    )
    assert.equal((await served.ask('GET', '/page/state', { anonymous: true })).code, 401)
    const letIn = await served.ask('GET', `/?key=${keyOf()}`, { headers: html, anonymous: true })
    assert.deepEqual([letIn.code, letIn.headers.location], [303, '/'])
    const cookie = String(letIn.headers['set-cookie'])
    for (const flag of ['Secure', 'HttpOnly', 'SameSite=Strict']) assert.ok(cookie.includes(flag))
    const Cookie = cookie.split(';', 1)[0] ?? ''
    const page = await served.ask('GET', '/', { headers: { ...html, Cookie }, anonymous: true })
    assert.equal(page.code, 200)
    assert.match(String(page.headers['content-security-policy']), /script-src 'self'/)
    const state = await served.ask('GET', '/page/state', { headers: { Cookie }, anonymous: true })
    assert.equal(state.json.nodes.total, 3)
    assert.deepEqual(state.json.daemonSets.rows[0], {
      namespace: 'default',
      name: 'agent',
      desired: 3,
      updated: 3,
      available: 3,
      rollout: 'done',
    })
    const api = await served.ask('GET', '/api/v1/nodes', { headers: { Cookie }, anonymous: true })
    assert.equal(api.code, 401)
  })

  it('holds no data, no script and no style of its own', async () => {
    const { headers } = await served.ask('GET', `/?key=${keyOf()}`, { headers: html })
    const Cookie = String(headers['set-cookie']).split(';', 1)[0] ?? ''
    const { text } = await served.get('/', { ...html, Cookie })
    assert.doesNotMatch(text, /<script>|<style|agent|node-1|onerror/)
    const script = await served.get('/page/script.js', { Cookie })
    assert.match(String(script.headers['content-type']), /^text\/javascript/)
    assert.doesNotMatch(script.text, /innerHTML|insertAdjacentHTML|document\.write|eval/)
  })

  it('shows the cluster in a browser, and everything in it as text', {
    skip: missingBrowser(),
  }, async () => {
    const profile = mkdtempSync(join(tmpdir(), 'dsc-chromium-'))
    const dom = await new Promise<string>((done, failed) => {
      execFile(
        chromium,
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--ignore-certificate-errors',
          `--user-data-dir=${profile}`,
          '--virtual-time-budget=4000',
          '--dump-dom',
          served.served.pageUrl,
        ],
        { timeout: browserMilliseconds, maxBuffer: 10_000_000 },
        (error, out) => (error === null ? done(out) : failed(error)),
      )
    })
    rmSync(profile, { recursive: true, force: true })
    assert.match(dom, /<td>default\/agent<\/td><td class="number">3<\/td>/)
    assert.match(dom, /<td>node-1<\/td><td class="good">Ready<\/td>/)
    assert.match(dom, /&lt;img src=x onerror=/)
    assert.doesNotMatch(dom, /<img/)
    assert.doesNotMatch(dom, /<title>broken/)
  })
})
