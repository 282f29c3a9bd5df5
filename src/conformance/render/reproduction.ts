import { stringify } from 'yaml'
import type { Json } from '../normal-form/normal-observation'
import type { Invocation } from '../report'
import type { ScenarioVerdict } from '../verdict'

/** How many objects the lines may create: for a scenario that agrees fewer, because nobody has to look into it. */
const maxObjects = 40
const maxObjectsOfAgreeing = 6

/** Of a report that does not say how the tool was called. */
const fromClone: Invocation = { dsc: 'npm run --silent dsc --', flags: '' }

/** The kubeconfig that every line names, so that none reaches a cluster of the reader's own. */
const kubeconfig = '--kubeconfig dsc.kubeconfig'

/**
 * Lines for a shell that run a scenario again, and that bring its nodes and DaemonSets, as they were at the end, into
 * a cluster that is made for it.
 */
export function reproductionOf(
  { scenario, verdict, target, reference }: ScenarioVerdict,
  { dsc, flags }: Invocation = fromClone,
): readonly string[] {
  // Beside the report that somebody is reading, not in its place.
  const run = `${dsc} run ${quoted(`${scenario.uri}:${scenario.line}`)} --output reports/again`
  const objects = objectsOf((target?.observation ?? reference?.observation)?.endState ?? {})
  const count = objects.nodes.length + objects.daemonSets.length
  const limit = verdict === 'agree' ? maxObjectsOfAgreeing : maxObjects
  return [
    flags === '' ? run : `${run} ${flags}`,
    ...(count === 0 || count > limit ? [] : kubectlLines(dsc, objects)),
  ]
}

interface Objects {
  readonly nodes: readonly object[]
  readonly daemonSets: readonly object[]
}

function kubectlLines(dsc: string, { nodes, daemonSets }: Objects): readonly string[] {
  const fleet = nodes.length === 0 ? '--nodes 0' : '--fleet dsc-nodes.yaml'
  return [
    ...(nodes.length === 0 ? [] : document('cat > dsc-nodes.yaml', nodes)),
    `${dsc} serve ${fleet} ${kubeconfig} &`,
    `until kubectl ${kubeconfig} get --raw /readyz 2> /dev/null; do sleep 1; done`,
    ...(daemonSets.length === 0
      ? []
      : document(`kubectl ${kubeconfig} apply --filename -`, daemonSets)),
    `kubectl ${kubeconfig} get daemonsets,controllerrevisions,pods,events --output wide`,
    // Of the whole job: the server is a child of what calls it.
    'kill %%',
  ]
}

/** The shell reads nothing in between; the end mark cannot occur, for all that is foreign is indented. */
function document(command: string, objects: readonly object[]): readonly string[] {
  return [`${command} <<'END'`, objects.map(yamlOf).join('---\n').trimEnd(), 'END']
}

/** Characters that a terminal would act on, or that reorder what is seen. */
const steering = /[^\P{C}\n]/u

function yamlOf(object: object): string {
  const text = stringify(object, { lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false })
  if (!steering.test(text)) return text
  // JSON is YAML, and can hold every character in writing.
  const escaped = JSON.stringify(object).replace(/\p{C}/gu, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  )
  return `${escaped}\n`
}

/** What an API server fills in by itself, so that the lines stay short. */
const defaults: { readonly [field: string]: Json } = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
}

function withoutDefaults(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withoutDefaults(item) ?? null)
  const members = Object.entries(value)
    .filter(([field, member]) => !Object.hasOwn(defaults, field) || defaults[field] !== member)
    .map(([field, member]): [string, Json] => [field, withoutDefaults(member) ?? null])
  return Object.fromEntries(members)
}

interface EndState {
  readonly [kind: string]: { readonly [alias: string]: Json }
}

function objectsOf(endState: EndState): Objects {
  const entries = (kind: string) => Object.entries(endState[kind] ?? {})
  return {
    nodes: entries('Node').map(([name, facts]) => nodeOf(name, facts)),
    daemonSets: entries('DaemonSet').map(([name, facts]) => daemonSetOf(name, facts)),
  }
}

interface Facts {
  readonly [name: string]: Json
}

function nodeOf(name: string, facts: Json): object {
  const { labels, taints, unschedulable } = (facts ?? {}) as Facts
  const spec = {
    ...(unschedulable === true ? { unschedulable } : {}),
    ...(Array.isArray(taints) ? { taints: (taints as readonly string[]).map(taintOf) } : {}),
  }
  const hasSpec = Object.keys(spec).length > 0
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, ...(hasSpec && { spec }) }
}

function taintOf(text: string): object {
  const [, key, value, effect] = /^(.*?)(?:=(.*))?:([^:]*)$/.exec(text) ?? []
  return { key, ...(value === undefined ? {} : { value }), effect }
}

function daemonSetOf(name: string, facts: Json): object {
  const { metadata, spec } = (facts ?? {}) as Facts
  const { labels } = (metadata ?? {}) as Facts
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, labels },
    spec: withoutDefaults(spec),
  }
}

/** A word that a shell reads as this text, whatever it holds; a line break or an escape would be read by the terminal. */
function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?').replaceAll("'", "'\\''")}'`
}
