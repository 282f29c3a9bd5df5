import type { DaemonSet, Node } from '../../kubernetes/types'
import { compilePlacement, type Placement } from '../../reconciler/placement'
import type { Observation } from '../../targets/observation'
import type { Aliases } from './aliases'
import type { Placements } from './normal-observation'

/** Why each DaemonSet runs, or does not run, on each node at the end of an observation. */
export function placementsOf({ events }: Observation, aliases: Aliases): Placements {
  const last = new Map<string, DaemonSet | Node>()
  for (const { type, kind, object } of events) {
    if (kind !== 'DaemonSet' && kind !== 'Node') continue
    if (type === 'DELETED') last.delete(object.metadata.uid)
    else last.set(object.metadata.uid, object as DaemonSet | Node)
  }
  const objects = [...last.values()]
  const nodes = objects.filter((object): object is Node => object.kind === 'Node')
  const daemonSets = objects.filter((object): object is DaemonSet => object.kind === 'DaemonSet')
  return Object.fromEntries(
    daemonSets.map((daemonSet) => {
      const placementOn = compilePlacement(daemonSet.spec.template)
      const reasons = nodes.map((node) => [aliases.of(node), aliases.in(textOf(placementOn(node)))])
      return [aliases.of(daemonSet), Object.fromEntries(reasons)]
    }),
  )
}

function textOf(placement: Placement): string {
  switch (placement.kind) {
    case 'run':
      return 'runs here'
    case 'keep':
      return `gets no new pod: ${placement.reason}`
    case 'remove':
      return `does not run here: ${placement.reason}`
  }
}
