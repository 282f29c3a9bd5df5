import type { Placements as PlacementReasons } from '../../normal-form/normal-observation'
import { byName } from './swimlanes'

const runs = 'runs here'

/** Why every DaemonSet runs, or does not, on every node at the end: the exceptions first, each by node. */
export function Placements({
  placements = {},
}: {
  readonly placements: PlacementReasons | undefined
}) {
  const daemonSets = Object.entries(placements).map(([daemonSet, nodes]) => ({
    daemonSet,
    exceptions: Object.entries(nodes)
      .filter(([, reason]) => reason !== runs)
      .sort(([a], [b]) => byName(a, b)),
    others: Object.keys(nodes)
      .filter((node) => nodes[node] === runs)
      .sort(byName),
  }))
  if (daemonSets.every(({ exceptions }) => exceptions.length === 0)) return null
  return (
    <details>
      <summary>Why daemon pods are where they are</summary>
      {daemonSets.map(({ daemonSet, exceptions, others }) => (
        <ul key={daemonSet} class="placements" aria-label={`nodes of ${daemonSet}`}>
          {exceptions.map(([node, reason]) => (
            <li key={node}>
              {daemonSet} on {node}: {reason}
            </li>
          ))}
          {others.length > 0 && (
            <li>
              {daemonSet} runs on {others.join(', ')}
            </li>
          )}
        </ul>
      ))}
    </details>
  )
}
