import { checkInvariants } from './check-invariants'
import { startWatchedTarget } from './watched-target'
import { historyOf } from './history'
import { readFileSync } from 'node:fs'
async function main() {
  const target = await startWatchedTarget(1)
  const h = historyOf(readFileSync(process.argv[2]!, 'utf8'), 'h')
  await using w = await target.open(`fuzz ${h.seed}`)
  const c = await checkInvariants(w, h)
  console.log(c.lines.flat().join('\n'), '\n', c.at, c.broken.slice(0, 10))
  for (const e of w.cluster.observation().events) {
    const o: any = e.object
    console.log(e.at, e.type, e.kind, o.metadata.name, o.metadata.resourceVersion, e.kind === 'Event' ? `${o.reason} ${o.message}` : e.kind === 'Node' ? JSON.stringify([o.spec.taints?.map((t: any) => t.key + ':' + t.effect), o.status?.conditions?.find((c: any) => c.type === 'Ready')?.status]) : e.kind === 'Pod' ? JSON.stringify([o.spec.nodeName, o.status.phase, o.metadata.deletionTimestamp, o.metadata.labels['controller-revision-hash'], o.status.conditions?.find((c: any) => c.type === 'Ready')?.status]) : e.kind === 'DaemonSet' ? JSON.stringify(o.status)+ o.metadata.generation : '')
  }
}
main()
