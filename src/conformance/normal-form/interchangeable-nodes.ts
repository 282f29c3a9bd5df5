import type { Json, NormalObservation } from './normal-observation'

/**
 * The same observation with the nodes numbered by what happened on them instead of by their names.
 *
 * Kubernetes leaves open which of several alike nodes creates fall into a burst for (MANAGE-26). Two observations
 * that differ only in that become equal: alike nodes get their numbers in the order of their histories. Nodes
 * with other labels, taints or conditions are never exchanged.
 */
export function withNumberedNodes(observation: NormalObservation): NormalObservation {
  return withRenamedNodes(observation, nodeNumbersOf(observation))
}

/** The number of each node: equal numbers of two observations stand for nodes that are exchanged. */
export function nodeNumbersOf(observation: NormalObservation): ReadonlyMap<string, string> {
  return numbersOf(observation, (name) => observation.endState['Node']?.[name] ?? null)
}

/** What the observation would be, had its nodes had other names. */
export function withRenamedNodes(
  { endState, history, refusals, timeline }: NormalObservation,
  names: ReadonlyMap<string, string>,
): NormalObservation {
  return {
    endState: renamed(endState, names) as NormalObservation['endState'],
    history: renamedHistory(history, names),
    refusals: renamed(refusals as unknown as Json, names) as unknown as typeof refusals,
    timeline,
  }
}

/**
 * The same observation with the daemon pods numbered, too, where a rollout chose among unlike nodes.
 *
 * Which candidates a rollout takes first is open (UPDATE-24), whatever their labels. So for the DaemonSets that
 * had a second revision the nodes are numbered by their pods alone; what is known of the nodes themselves
 * keeps their names. Without a second revision nothing is exchanged.
 */
export function withNumberedRollouts(observation: NormalObservation): NormalObservation {
  const { endState, history, refusals, timeline } = observation
  if (!Object.keys(history.revisions).some((name) => /hash#([2-9]|\d\d)/.test(name)))
    return observation
  const pods = withoutTopology(endState['Pod'] ?? {})
  const numbers = numbersOf({ ...observation, endState: { ...endState, Pod: pods } }, () => null)
  return {
    endState: { ...endState, Pod: renamed(pods, numbers) as typeof pods },
    history: renamedHistory(history, numbers),
    refusals,
    timeline,
  }
}

interface Objects {
  readonly [alias: string]: Json
}

/** Pods carry the zone and the region of their node, which are facts of the node. */
function withoutTopology(pods: Objects): Objects {
  const text = JSON.stringify(pods, (key, value: unknown) =>
    key.startsWith('topology.kubernetes.io/') ? undefined : value,
  )
  return JSON.parse(text) as Objects
}

function renamedHistory(
  history: NormalObservation['history'],
  names: ReadonlyMap<string, string>,
): NormalObservation['history'] {
  return {
    ...(renamed(history as unknown as Json, names) as unknown as typeof history),
    events: history.events.map((event) => renamedText(event, names)).sort(),
  }
}

/** A number for every node, in the order of what is known of it and of its pods. */
function numbersOf(
  observation: NormalObservation,
  factsOf: (name: string) => Json,
): ReadonlyMap<string, string> {
  const signed = nodeNamesOf(observation).map((name) => ({
    name,
    signature: signatureOf(name, observation, factsOf(name)),
  }))
  signed.sort((a, b) => (a.signature < b.signature ? -1 : a.signature > b.signature ? 1 : 0))
  return new Map(signed.map(({ name }, index) => [name, `node[${index + 1}]`]))
}

function nodeNamesOf({ endState, history }: NormalObservation): readonly string[] {
  const places = Object.keys(history.pods).map((place) => place.slice(place.lastIndexOf('@') + 1))
  return [...new Set([...Object.keys(endState['Node'] ?? {}), ...places])]
}

/** Everything that the observation says about a node, with its own name left out. */
function signatureOf(name: string, { endState, history }: NormalObservation, facts: Json): string {
  const own = new Map([[name, '<node>']])
  const pods = Object.entries(endState['Pod'] ?? {}).filter(([alias]) => isOn(alias, name))
  const chains = Object.entries(history.pods).filter(([place]) => place.endsWith(`@${name}`))
  const traces = Object.entries(history.traces ?? {})
    .filter(([object]) => isOn(object, name))
    .map(([object, trace]) => [object, trace.map(({ what }) => what).filter(isSettled)])
  return JSON.stringify(renamed([facts, pods, chains, traces] as unknown as Json, own))
}

/** Whether a milestone is there whatever the timing: a pod may be deleted before it was bound or ready. */
function isSettled(what: string): boolean {
  return !/^(bound to |ready$|unready$)/.test(what)
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
