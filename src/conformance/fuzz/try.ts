import fc from 'fast-check'
import { checkInvariants } from './check-invariants'
import { histories } from './histories'
import { historyText } from './history'
import { startWatchedTarget } from './watched-target'
async function main() {
  const target = await startWatchedTarget(1)
  const seed = Number(process.argv[2]), runs = Number(process.argv[3])
  let n = 0, steps = 0
  const t = Date.now()
  const r = await fc.check(fc.asyncProperty(histories({ steps: 25, slowSteps: 'often' }), async (h) => {
    await using w = await target.open(`fuzz ${h.seed}`)
    const c = await checkInvariants(w, h)
    n++; steps += c.lines.length
    if (c.broken.length) throw new Error(`step ${c.at}: ${c.broken.join('\n')}`)
  }), { seed, numRuns: runs, interruptAfterTimeLimit: 120000 })
  console.log(n, 'histories', steps, 'steps', Date.now() - t, 'ms', 'failed', r.failed, 'interrupted', r.interrupted)
  if (r.failed) { console.log(historyText(r.counterexample![0] as never)); console.log(r.errorInstance) }
}
main()
