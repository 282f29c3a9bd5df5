import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'

/** How to reach the API of a container engine, in the words of Node's `http.request`. */
export interface EngineAddress {
  readonly protocol: 'http' | 'https'
  readonly connection: {
    readonly socketPath?: string
    readonly host?: string
    readonly port?: number | string
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
  }
}

/** What has to be removed one day. */
export interface EngineObject {
  readonly kind: 'container' | 'network'
  readonly id: string
}

/**
 * The program of the watchdog: it waits until the pipe to its owner is closed, which the operating system
 * does however the owner ends, and then removes what it was told of: containers first, for a network is held by
 * the containers in it. Gone ones answer 404, which is as good.
 */
const program = `
let text = ''
process.stdin.on('data', (chunk) => { text += chunk })
process.stdin.on('end', async () => {
  const [engine, ...objects] = text.split('\\n').filter(Boolean).map((line) => JSON.parse(line))
  const pathOf = ({ kind, id }) => kind === 'network' ? '/networks/' + id : '/containers/' + id + '?force=true&v=true'
  for (const kind of ['container', 'network']) {
    await Promise.all(objects.filter((each) => each.kind === kind).map((each) => remove(engine, pathOf(each))))
  }
})
async function remove(engine, path) {
  for (let attempt = 0; attempt < 10; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 1000))
    if (await isRemoved(engine, path)) return
  }
}
function isRemoved({ protocol, connection }, path) {
  return new Promise((resolve) => {
    require(protocol)
      .request({ ...connection, method: 'DELETE', path })
      .on('response', (response) => {
        response.resume()
        resolve(response.statusCode < 300 || response.statusCode === 404)
      })
      .on('error', () => resolve(false))
      .end()
  })
}
`

/**
 * Sees to it that containers and networks are removed when this process ends, be it by an exception, a signal
 * or `kill -9`.
 *
 * A process of its own does that, outside the terminal's process group; no image is needed for it. Releasing
 * it lets it go: it looks once more whether everything is gone, and ends.
 */
export class Watchdog {
  readonly #pipe: NodeJS.WritableStream

  constructor(engine: EngineAddress) {
    const child = spawn(process.execPath, ['--eval', program], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // A machine that cannot start a process has other problems; the sweep at the next start remains.
    child.on('error', () => {})
    child.stdin.on('error', () => {})
    child.unref()
    // Typed as a mere stream, but a socket: it must not keep this process alive.
    ;(child.stdin as unknown as Socket).unref()
    this.#pipe = child.stdin
    this.#tell(engine)
  }

  watch(object: EngineObject): void {
    this.#tell(object)
  }

  release(): void {
    this.#pipe.end()
  }

  #tell(line: object): void {
    this.#pipe.write(`${JSON.stringify(line)}\n`)
  }
}
