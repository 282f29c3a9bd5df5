import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { parse } from 'yaml'
import { millisecondsOf } from '../controlplane/gateway/durations'
import { EnvironmentError, UsageError } from '../targets/errors'
import type { CliContext } from './program'
import { defaultKubeconfig } from './serve-command'

/** `dsc advance 5m`: lets time pass in a cluster that `dsc serve` serves. */
export function addAdvanceCommand(program: Command, context: CliContext): void {
  program
    .command('advance')
    .description('let time pass in a cluster that "dsc serve" serves')
    .argument('<duration>', 'how much, e.g. 90s, 5m or 1h30m', duration)
    .option('--kubeconfig <file>', 'the kubeconfig that "dsc serve" wrote', defaultKubeconfig)
    .action(async (text: string, flags: { readonly kubeconfig: string }) => {
      const access = accessIn(resolve(context.cwd, flags.kubeconfig))
      const { now } = await advanced(access, text)
      context.stdout.write(`it is ${now} in the cluster\n`)
    })
}

interface Access {
  readonly server: string
  readonly authority: Buffer
  readonly token: string
}

function duration(text: string): string {
  if (millisecondsOf(text) === undefined) {
    throw new InvalidArgumentError('wanted a duration such as 90s, 5m or 1h30m')
  }
  return text
}

interface Kubeconfig {
  readonly clusters?: readonly {
    readonly cluster?: { readonly server?: string; readonly 'certificate-authority-data'?: string }
  }[]
  readonly users?: readonly { readonly user?: { readonly token?: string } }[]
}

function accessIn(path: string): Access {
  let config: Kubeconfig | null
  try {
    config = parse(readFileSync(path, 'utf8')) as Kubeconfig | null
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${path}: wanted the kubeconfig of a "dsc serve" that runs: ${why}`)
  }
  const cluster = config?.clusters?.[0]?.cluster
  const token = config?.users?.[0]?.user?.token
  if (cluster?.server === undefined || token === undefined) {
    throw new UsageError(`${path}: wanted a kubeconfig that "dsc serve" wrote`)
  }
  const authority = Buffer.from(cluster['certificate-authority-data'] ?? '', 'base64')
  return { server: cluster.server, authority, token }
}

/** How long the cluster may take to live through the time that it is told to. */
const waitMilliseconds = 10 * 60_000

async function advanced(
  { server, authority, token }: Access,
  text: string,
): Promise<{ readonly now: string }> {
  const url = new URL(`/simulation/clock?advance=${encodeURIComponent(text)}`, server)
  const { code, body } = await new Promise<{ code: number; body: string }>((done, failed) => {
    const options = {
      method: 'POST',
      ca: authority,
      headers: { Authorization: `Bearer ${token}` },
      timeout: waitMilliseconds,
    }
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        done({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', failed)
    sent.end()
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new EnvironmentError(`${server} cannot be reached: ${why}`, {
      mend: 'start "dsc serve", or name its kubeconfig with --kubeconfig',
    })
  })
  if (code !== 200) throw new UsageError(`the cluster refused: ${body.trim()}`)
  return JSON.parse(body) as { readonly now: string }
}
