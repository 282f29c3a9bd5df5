import { timeDifferences } from '../../compare-traces'
import type { Json, Placements } from '../../normal-form/normal-observation'
import type { ScenarioVerdict } from '../../verdict'

/** How many of the largest time differences are shown. */
const maxTimes = 5
/** How many objects the lines to reproduce may create. */
const maxObjects = 40

/** Why every DaemonSet runs, or does not, on every node at the end. */
export function PlacementReasons({ placements }: { readonly placements: Placements | undefined }) {
  const reasons = Object.entries(placements ?? {}).flatMap(([daemonSet, nodes]) =>
    Object.entries(nodes).map(([node, reason]) => ({ daemonSet, node, reason })),
  )
  if (reasons.every(({ reason }) => reason === 'runs here')) return null
  return (
    <details>
      <summary>Why daemon pods are where they are</summary>
      <ul class="placements">
        {reasons.map(({ daemonSet, node, reason }) => (
          <li key={`${daemonSet} ${node}`}>
            {daemonSet} on {node}: {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The milestones that lie furthest apart in time; shown, never a reason to fail. */
export function TimeDifferences({ target, reference }: ScenarioVerdict) {
  const [ours, theirs] = [target, reference].map((run) => run?.observation?.history.traces)
  if (ours === undefined || theirs === undefined) return null
  const times = timeDifferences(ours, theirs, maxTimes)
  if (times.length === 0) return null
  return (
    <details>
      <summary>Largest differences in time (no part of the verdict)</summary>
      <ul class="times">
        {times.map(({ object, what, targetSeconds, referenceSeconds }) => (
          <li key={`${object} ${what}`}>
            {object}: {what}: {targetSeconds.toFixed(1)} s on the target,{' '}
            {referenceSeconds.toFixed(1)} s on the reference
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Lines that run the scenario again, and that bring its nodes and DaemonSets into any cluster by hand. */
export function Reproduction({ scenario, verdict, target, reference }: ScenarioVerdict) {
  const run = `npm run conformance -- ${quoted(`${scenario.uri}:${scenario.line}`)}`
  const endState = (target?.observation ?? reference?.observation)?.endState ?? {}
  const lines = verdict === 'agree' ? [] : kubectlLines(endState)
  return (
    <details>
      <summary>Reproduce</summary>
      <pre class="reproduce">{[run, ...lines].join('\n')}</pre>
    </details>
  )
}

/** What existed at the end, as `kubectl` brings it into a cluster without nodes of its own. */
function kubectlLines(endState: {
  readonly [kind: string]: { readonly [alias: string]: Json }
}): readonly string[] {
  const nodes = Object.entries(endState['Node'] ?? {}).map(([name, facts]) => nodeOf(name, facts))
  const daemonSets = Object.entries(endState['DaemonSet'] ?? {}).map(([name, facts]) =>
    daemonSetOf(name, facts),
  )
  const objects = [...nodes, ...daemonSets].slice(0, maxObjects)
  if (objects.length === 0) return []
  return [
    // A kubeconfig of its own, so that nothing reaches the reader's cluster.
    'export KUBECONFIG="$PWD/dsc.kubeconfig"',
    'npm run --silent dsc -- serve --kubeconfig "$KUBECONFIG" &',
    'until kubectl get --raw /readyz; do sleep 1; done',
    ...objects.map(
      (object) => `printf %s ${quoted(JSON.stringify(object))} | kubectl apply --filename -`,
    ),
    'kubectl get daemonsets,controllerrevisions,pods,events --output wide',
  ]
}

interface Facts {
  readonly [name: string]: Json
}

function nodeOf(name: string, facts: Json): object {
  const { labels, taints, unschedulable } = (facts ?? {}) as Facts
  const spec = {
    ...(unschedulable === true ? { unschedulable } : {}),
    taints: (Array.isArray(taints) ? (taints as readonly string[]) : []).map(taintOf),
  }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec }
}

function taintOf(text: string): object {
  const [, key, value, effect] = /^(.*?)(?:=(.*))?:([^:]*)$/.exec(text) ?? []
  return { key, ...(value === undefined ? {} : { value }), effect }
}

function daemonSetOf(name: string, facts: Json): object {
  const { metadata, spec } = (facts ?? {}) as Facts
  const { labels } = (metadata ?? {}) as Facts
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, labels }, spec }
}

/** A word that a shell reads as this text, whatever it holds. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
