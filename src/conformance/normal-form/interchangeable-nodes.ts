import type { Json, NormalObservation } from './normal-observation'

/**
 * The same observation with the nodes numbered by what happened on them instead of by their names.
 *
 * Kubernetes leaves open which of several alike nodes a rollout takes first (UPDATE-24) or which creates fall into
 * a burst (MANAGE-26). Two observations that differ only in that become equal: alike nodes get their numbers in
 * the order of their histories. Nodes with other labels, taints or conditions are never exchanged.
 */
export function withNumberedNodes(observation: NormalObservation): NormalObservation {
  const names = nodeNamesOf(observation)
  if (names.length < 2) return observation
  const signed = names.map((name) => ({ name, signature: signatureOf(name, observation) }))
  signed.sort((a, b) => (a.signature < b.signature ? -1 : a.signature > b.signature ? 1 : 0))
  const numbers = new Map(signed.map(({ name }, index) => [name, `node[${index + 1}]`]))
  const { endState, history, refusals, timeline } = observation
  return {
    endState: renamed(endState, numbers) as NormalObservation['endState'],
    history: {
      ...(renamed(history as unknown as Json, numbers) as unknown as NormalObservation['history']),
      events: history.events.map((event) => renamedText(event, numbers)).sort(),
    },
    refusals: renamed(refusals as unknown as Json, numbers) as unknown as typeof refusals,
    timeline,
  }
}

function nodeNamesOf({ endState, history }: NormalObservation): readonly string[] {
  const places = Object.keys(history.pods).map((place) => place.slice(place.lastIndexOf('@') + 1))
  return [...new Set([...Object.keys(endState['Node'] ?? {}), ...places])]
}

/** Everything that the observation says about a node, with its own name left out. */
function signatureOf(name: string, { endState, history }: NormalObservation): string {
  const own = new Map([[name, '<node>']])
  const pods = Object.entries(endState['Pod'] ?? {}).filter(([alias]) => isOn(alias, name))
  const chains = Object.entries(history.pods).filter(([place]) => place.endsWith(`@${name}`))
  return JSON.stringify(
    renamed([endState['Node']?.[name] ?? null, pods, chains] as unknown as Json, own),
  )
}

function isOn(podAlias: string, node: string): boolean {
  return podAlias.slice(podAlias.lastIndexOf('@') + 1).replace(/#\d+$/, '') === node
}

function renamed(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return renamedText(value, names)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => renamed(item as Json, names))
  const entries = Object.entries(value as { readonly [key: string]: Json })
  return Object.fromEntries(
    entries
      .map(([key, member]): [string, Json] => [renamedText(key, names), renamed(member, names)])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  )
}

/** Replaces whole node names only: `node-1` is not in `node-10`. */
function renamedText(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g, (word) => names.get(word) ?? word)
}
