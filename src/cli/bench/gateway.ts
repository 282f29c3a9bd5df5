import { type ChildProcess, fork, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { UsageError } from '../../targets/errors'
import { gatewayFlags, usageExitCode } from './arguments'
import { type Compiled, compiled } from './compiled'
import type { GatewayMeasurement, Load } from './gateway-load'
import { gatewayTable, type Result } from './gateway-table'
import { serverIn } from './http-load'

/** How often the time from the start of a process until it is ready is taken. */
const starts = 5

/** Measures `dsc serve`, and the API server of a kubeconfig beside it, with clients in a process of their own. */
async function main(): Promise<void> {
  const { json, kubeconfig, ...load } = gatewayFlags(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  })
  // Minutes before it is needed, so that a slip is told at once.
  if (kubeconfig !== undefined) serverIn(resolve(kubeconfig))
  using program = compiled()
  const results: Result[] = [await ofOwn(program, load)]
  if (kubeconfig !== undefined) {
    const measured = await measuredBy(program, { ...load, kubeconfig: resolve(kubeconfig) })
    results.push({ server: kubeconfig, ...measured })
  }
  console.log(json ? JSON.stringify({ results }) : gatewayTable(results))
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

main().catch((error: unknown) => {
  const usage = usageExitCode(error)
  // What was wrong with the command line has been said.
  if (usage === undefined) console.error(error instanceof Error ? error.message : error)
  process.exitCode = usage ?? (error instanceof UsageError ? 2 : 3)
})
