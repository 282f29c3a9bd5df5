import { benchmarks } from './benchmarks'

/** Nodes of the run that only warms the compiler up. */
const warmUpNodes = 200

/** What one run, in a process of its own, has measured. */
export interface Measurement {
  readonly seconds: number
  readonly peakRssMegabytes: number
}

/** Runs the named benchmark once and sends the measurement to the process that started this one. */
async function measure(name: string): Promise<void> {
  const benchmark = benchmarks.find((candidate) => candidate.name === name)
  if (benchmark === undefined) throw new Error(`There is no benchmark ${name}`)
  for (let round = 0; round < 3; round++)
    await benchmark.run(Math.min(benchmark.nodes, warmUpNodes))
  const seconds = await benchmark.run(benchmark.nodes)
  const peakRssMegabytes = (process.resourceUsage().maxRSS * 1024) / 1_000_000
  const measurement: Measurement = { seconds, peakRssMegabytes }
  process.send?.(measurement)
}

void measure(process.argv[2] ?? '')
