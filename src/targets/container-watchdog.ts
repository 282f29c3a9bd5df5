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

/**
 * The program of the watchdog: it waits until the pipe to its owner is closed, which the operating system
 * does however the owner ends, and then removes the container. Gone containers answer 404, which is as good.
 */
const program = `
let text = ''
process.stdin.on('data', (chunk) => { text += chunk })
process.stdin.on('end', () => remove(JSON.parse(text), 10))
function remove({ protocol, connection, container }, attempts) {
  const again = () => attempts > 1 && setTimeout(() => remove({ protocol, connection, container }, attempts - 1), 1000)
  require(protocol)
    .request({ ...connection, method: 'DELETE', path: '/containers/' + container + '?force=true&v=true' })
    .on('response', (response) => { response.resume(); if (response.statusCode >= 500) again() })
    .on('error', again)
    .end()
}
`

/**
 * Sees to it that a container is removed when this process ends, be it by an exception, a signal or `kill -9`.
 *
 * A process of its own does that, outside the terminal's process group; no image is needed for it. Calling
 * the returned function lets it go: it looks once more whether the container is gone, and ends.
 */
export function watchOver(container: string, engine: EngineAddress): () => void {
  const child = spawn(process.execPath, ['--eval', program], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // A machine that cannot start a process has other problems; the sweep at the next start remains.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.stdin.write(JSON.stringify({ ...engine, container }))
  child.unref()
  // Typed as a mere stream, but a socket: it must not keep this process alive.
  ;(child.stdin as unknown as Socket).unref()
  return () => child.stdin.end()
}
