import { type ChildProcess, fork, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Compiled, compiled } from './compiled'
import type { GatewayMeasurement, Load } from './gateway-load'

/** How often the time from the start of a process until it is ready is taken. */
const starts = 5

/** What was measured of one server, as it is printed. */
interface Result extends GatewayMeasurement {
  readonly server: string
  /** From the start of the process to its line "ready"; absent of servers that were there. */
  readonly readyMilliseconds?: number
}

/** Measures `dsc serve`, or the API server of a kubeconfig beside it, with clients in a process of their own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      kubeconfig: { type: 'string' },
      pods: { type: 'string', default: '5000' },
      connections: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '3' },
      watchers: { type: 'string', default: '1000' },
      writes: { type: 'string', default: '5000' },
    },
  })
  const load: Omit<Load, 'kubeconfig'> = {
    pods: Number(values.pods),
    connections: Number(values.connections),
    seconds: Number(values.seconds),
    watchers: Number(values.watchers),
    writes: Number(values.writes),
  }
  using program = compiled()
  const results: Result[] = [await ofOwn(program, load)]
  const { kubeconfig } = values
  if (kubeconfig !== undefined) {
    const measured = await measuredBy(program, { ...load, kubeconfig: resolve(kubeconfig) })
    results.push({ server: kubeconfig, ...measured })
  }
  console.log(values.json ? JSON.stringify({ results }) : results.map(textOf).join('\n'))
}

async function ofOwn(program: Compiled, load: Omit<Load, 'kubeconfig'>): Promise<Result> {
  const times: number[] = []
  for (let start = 0; start < starts; start++) {
    await using server = await served(program)
    times.push(server.readyMilliseconds)
  }
  await using server = await served(program)
  const measured = await measuredBy(program, { ...load, kubeconfig: server.kubeconfig })
  const readyMilliseconds = times.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? 0
  return { server: 'dsc serve', ...measured, readyMilliseconds }
}

interface Serving extends AsyncDisposable {
  readonly kubeconfig: string
  readonly readyMilliseconds: number
}

async function served(program: Compiled): Promise<Serving> {
  const kubeconfig = join(program.folder, 'kubeconfig')
  const began = performance.now()
  const flags = ['--quiet', '--kubeconfig', kubeconfig]
  const child = spawn(process.execPath, [program.script('main'), 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((done, failed) => {
    child.stdout.once('data', () => done())
    child.once('exit', (code) => failed(new Error(`dsc serve ended with ${code}`)))
  })
  const readyMilliseconds = performance.now() - began
  return { kubeconfig, readyMilliseconds, [Symbol.asyncDispose]: () => ended(child) }
}

async function ended(child: ChildProcess): Promise<void> {
  await new Promise<void>((done) => {
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })
}

async function measuredBy(program: Compiled, load: Load): Promise<GatewayMeasurement> {
  return await new Promise((done, failed) => {
    const child = fork(program.script('bench/gateway-load'), [JSON.stringify(load)], {
      execArgv: [],
    })
    let measured: GatewayMeasurement | undefined
    child.once('message', (message) => {
      measured = message as GatewayMeasurement
      child.disconnect()
    })
    child.once('exit', (code) => {
      if (measured !== undefined) done(measured)
      else failed(new Error(`the clients ended with exit code ${code}`))
    })
  })
}

function textOf(result: Result): string {
  const { server, readyMilliseconds } = result
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return [
    server,
    ...(readyMilliseconds === undefined ? [] : [`  ready after          ${ms(readyMilliseconds)}`]),
    `  GET of a pod         ${result.getsPerSecond.toFixed(0)}/s, ` +
      `p50 ${ms(result.getMillisecondsP50)}, p99 ${ms(result.getMillisecondsP99)}`,
    `  LIST of the pods     ${ms(result.listMilliseconds)}, the first ` +
      `${ms(result.firstListMilliseconds)}, ${result.listMegabytes.toFixed(1)} MB`,
    `  watches              ${result.watchers} x ${result.writes} writes: ` +
      `${result.eventsLost} events lost, ${result.eventsPerSecond.toFixed(0)} events/s`,
  ].join('\n')
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
