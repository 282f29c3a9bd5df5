import { targetNodeNameOf } from '../../kubernetes/node-affinity'
import { controllerOf } from '../../kubernetes/owner-references'
import { controllerRevisionHashLabel } from '../../kubernetes/pods'
import type { ControllerRevision, KubernetesObject, Pod } from '../../kubernetes/types'
import type { Observation } from '../../targets/observation'

/** Gives every generated name, hash and uid of one observation a name that is the same on every cluster. */
export interface Aliases {
  /** The alias of an object: for what has no generated name, its own name. */
  of(object: KubernetesObject): string
  /** The text with every generated word replaced by its alias. */
  in(text: string): string
}

/**
 * Names are given in the order in which objects appeared:
 *
 * - the n-th pod that a controller made for a node: `{controller}@{node}#{n}`
 * - the n-th revision hash of a DaemonSet: `hash#{n}`, so its revision is `{daemonSet}-hash#{n}`
 * - uids: `uid({kind}/{alias})`, with `~{n}` from the second object of that alias on
 * - the scenario's namespace: `<namespace>`
 */
export function aliasesOf(observation: Observation): Aliases {
  const words = new Map<string, string>([[observation.namespace, '<namespace>']])
  const aliases = new Map<string, string>()
  const count = counter()
  const added = observation.events.filter(({ type }) => type === 'ADDED')
  for (const { kind, object } of added) {
    if (kind === 'ControllerRevision') nameRevision(object as ControllerRevision, words, count)
  }
  for (const { kind, object } of added) {
    if (kind === 'Pod') namePod(object as Pod, words, aliases, count)
  }
  const replace = replacer(words)
  const of = (object: KubernetesObject): string =>
    aliases.get(object.metadata.uid) ?? replace(object.metadata.name)
  const uids = new Map<string, string>()
  for (const { kind, object } of added) {
    if (uids.has(object.metadata.uid)) continue
    const name = `${kind}/${of(object)}`
    const n = count(`uid ${name}`)
    uids.set(object.metadata.uid, n === 1 ? `uid(${name})` : `uid(${name}~${n})`)
  }
  const replaceUids = replacer(uids)
  return { of, in: (text) => replaceUids(replace(text)) }
}

function nameRevision(
  revision: ControllerRevision,
  words: Map<string, string>,
  count: (key: string) => number,
): void {
  const hash = revision.metadata.labels?.[controllerRevisionHashLabel]
  const owner = controllerOf(revision)?.name
  if (hash === undefined || hash === '' || owner === undefined || words.has(hash)) return
  words.set(hash, `hash#${count(`hash ${owner}`)}`)
}

function namePod(
  pod: Pod,
  words: Map<string, string>,
  aliases: Map<string, string>,
  count: (key: string) => number,
): void {
  const { generateName, name, uid } = pod.metadata
  if (generateName === undefined || generateName === '' || aliases.has(uid)) return
  const place = `${generateName.replace(/-$/, '')}@${targetNodeNameOf(pod) ?? 'no-node'}`
  const alias = `${place}#${count(`pod ${place}`)}`
  aliases.set(uid, alias)
  words.set(name, alias)
}

/** Counts from 1, separately for each key. */
function counter(): (key: string) => number {
  const counts = new Map<string, number>()
  return (key) => {
    const n = (counts.get(key) ?? 0) + 1
    counts.set(key, n)
    return n
  }
}

/** Replaces whole generated words; the longest first, so that no word is cut by one that it contains. */
function replacer(words: ReadonlyMap<string, string>): (text: string) => string {
  if (words.size === 0) return (text) => text
  const alternatives = [...words.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(alternatives.join('|'), 'g')
  return (text) => text.replace(pattern, (word) => words.get(word) ?? word)
}
