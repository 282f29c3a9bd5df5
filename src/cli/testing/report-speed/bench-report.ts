import { fork, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ConformanceReport } from '../../../conformance/report'
import { openPage, skipWithoutBrowser } from '../../../conformance/testing/browser'
import { type Compiled, compiled } from '../../bench/compiled'
import type { ReportMeasurement } from './report-load'

/** How often everything is measured, each time in a fresh process and a fresh browser. */
const runs = 5

/** For how many scenarios the figures are. */
const wantedScenarios = 400

/** What a browser has told of one page. */
interface PageMeasurement {
  /** From the beginning of the navigation until the script of the page has run. */
  readonly interactiveSeconds: number
  /** Until everything is there and drawn. */
  readonly loadSeconds: number
}

/** Measures how long it takes to compare four hundred scenarios, to render their report and to open it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, report: { type: 'string' } },
  })
  using program = compiled()
  const file = join(program.folder, 'report.json')
  writeFileSync(file, JSON.stringify(cut(readReport(program, values.report))))
  const page = join(program.folder, 'report.html')
  const measured: ReportMeasurement[] = []
  for (let run = 0; run < runs; run++) measured.push(await measuredBy(program, file, page))
  const html = readFileSync(page, 'utf8')
  const opened: PageMeasurement[] = []
  for (let run = 0; run < (skipWithoutBrowser === false ? runs : 0); run++)
    opened.push(await measuredInBrowser(html))
  const [{ scenarios, megabytes } = { scenarios: 0, megabytes: 0 }] = measured
  const results = {
    scenarios,
    megabytes: Number(megabytes.toFixed(2)),
    compare: spread(measured.map(({ compareSeconds }) => compareSeconds)),
    render: spread(measured.map(({ renderSeconds }) => renderSeconds)),
    interactive: spread(opened.map(({ interactiveSeconds }) => interactiveSeconds)),
    load: spread(opened.map(({ loadSeconds }) => loadSeconds)),
  }
  console.log(values.json ? JSON.stringify(results) : textOf(results))
}

/** The report that is named, or that of a run of the features against the newest recording. */
function readReport(program: Compiled, named: string | undefined): ConformanceReport {
  const folder = join(program.folder, 'latest')
  const file = named === undefined ? join(folder, 'conformance.json') : resolve(named)
  if (named === undefined) {
    const root = resolve(__dirname, '..', '..', '..', '..')
    const recording = join('reports', 'recordings', 'v1.36.2.json')
    const words = ['--reference', `recording:${recording}`, '--quiet', '--output', folder]
    const script = join(root, 'src', 'cli', 'main.ts')
    const args = ['--require', require.resolve('ts-node/register'), script, 'run', ...words]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    if (status !== 0) throw new Error(`the run ended with exit code ${status}: ${stderr}`)
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** As many scenarios as the figures are for, of those that were compared. */
function cut(report: ConformanceReport): ConformanceReport {
  const scenarios = report.scenarios.filter(({ required }) => required).slice(0, wantedScenarios)
  if (scenarios.length < wantedScenarios) {
    throw new Error(`wanted a report of ${wantedScenarios} scenarios, found ${scenarios.length}`)
  }
  return { ...report, scenarios }
}

async function measuredBy(
  program: Compiled,
  file: string,
  page: string,
): Promise<ReportMeasurement> {
  return await new Promise((done, failed) => {
    const script = program.script('testing/report-speed/report-load')
    const child = fork(script, [file, page], { execArgv: [] })
    let measured: ReportMeasurement | undefined
    child.once('message', (message) => {
      measured = message as ReportMeasurement
    })
    child.once('exit', (code) => {
      if (measured !== undefined) done(measured)
      else failed(new Error(`the measurement ended with exit code ${code}`))
    })
  })
}

async function measuredInBrowser(html: string): Promise<PageMeasurement> {
  await using opened = await openPage(html)
  const [interactive, load] = (await opened.evaluate(`(() => {
    const { domContentLoadedEventEnd, loadEventEnd } = performance.getEntriesByType('navigation')[0]
    return [domContentLoadedEventEnd, loadEventEnd]
  })()`)) as readonly number[]
  return {
    interactiveSeconds: (interactive ?? Number.NaN) / 1000,
    loadSeconds: (load ?? Number.NaN) / 1000,
  }
}

interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

function spread(values: readonly number[]): Spread | undefined {
  const sorted = values.map((value) => Number(value.toFixed(3))).sort((a, b) => a - b)
  const [median, min, max] = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)]
  if (median === undefined || min === undefined || max === undefined) return undefined
  return { median, min, max }
}

function textOf(results: {
  readonly scenarios: number
  readonly megabytes: number
  readonly compare: Spread | undefined
  readonly render: Spread | undefined
  readonly interactive: Spread | undefined
  readonly load: Spread | undefined
}): string {
  const { scenarios, megabytes, compare, render, interactive, load } = results
  const seconds = (found: Spread | undefined): string =>
    found === undefined
      ? 'not measured: there is no chromium'
      : `${found.median.toFixed(2)} s, ${found.min.toFixed(2)} to ${found.max.toFixed(2)}`
  return [
    `${scenarios} scenarios, a page of ${megabytes} MB; median of ${runs} fresh processes, and their range`,
    `  comparing            ${seconds(compare)}`,
    `  rendering            ${seconds(render)}`,
    `  page interactive     ${seconds(interactive)}`,
    `  page loaded          ${seconds(load)}`,
  ].join('\n')
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
