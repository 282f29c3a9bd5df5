import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A chromium of this machine, if there is one. */
export const browserPath: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync)

/** Why a test in a browser is skipped: loudly, because nothing takes its place. */
export const skipWithoutBrowser =
  browserPath === undefined && 'LOUD: there is no chromium here, so the HTML report was not opened'

/** A page in a headless browser, steered from outside, so that the page's own policy stays as it is. */
export interface Page extends AsyncDisposable {
  evaluate(expression: string): Promise<unknown>
}

interface Reply {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
  readonly method?: string
}

/** Opens a page and waits until it has been loaded. */
export async function openPage(url: string, folder: string): Promise<Page> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  const profile = `--user-data-dir=${join(folder, 'profile')}`
  const browser = spawn(browserPath ?? '', [...flags, profile, '--remote-debugging-port=0'])
  const endpoint = await endpointOf(browser.stderr)
  const { host } = new URL(endpoint)
  const created = await fetch(`http://${host}/json/new?about:blank`, { method: 'PUT' })
  const { webSocketDebuggerUrl } = (await created.json()) as { webSocketDebuggerUrl: string }
  const socket = new WebSocket(webSocketDebuggerUrl)
  await once(socket, 'open')
  const send = sender(socket)
  await send('Page.enable')
  const loaded = eventOn(socket, 'Page.loadEventFired')
  await send('Page.navigate', { url })
  await loaded
  return {
    async evaluate(expression) {
      const options = { expression, returnByValue: true, awaitPromise: true }
      return (await send('Runtime.evaluate', options)).result?.result?.value
    },
    async [Symbol.asyncDispose]() {
      socket.close()
      const gone = once(browser, 'exit')
      browser.kill('SIGKILL')
      await gone
    },
  }
}

async function endpointOf(stderr: NodeJS.ReadableStream): Promise<string> {
  let said = ''
  for await (const chunk of stderr) {
    said += String(chunk)
    const [, endpoint] = /DevTools listening on (ws:\S+)/.exec(said) ?? []
    if (endpoint !== undefined) return endpoint
  }
  throw new Error(`the browser did not start: ${said}`)
}

function eventOn(socket: WebSocket, method: string): Promise<void> {
  return new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      if ((JSON.parse(String(data)) as Reply).method === method) resolve()
    })
  })
}

function sender(socket: WebSocket): (method: string, params?: object) => Promise<Reply> {
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
  })
  return (method, params = {}) =>
    new Promise((resolve) => {
      last += 1
      waiting.set(last, resolve)
      socket.send(JSON.stringify({ id: last, method, params }))
    })
}
