import { UsageError } from '../../targets/errors'

/** The one DaemonSet that histories are about. */
export const daemonSetName = 'agent'

/** What the steps of the features call the settings of a DaemonSet, with their values in words. */
export type Settings = Readonly<Record<string, string>>

/** What happens to a pod: the daemon pod on a node, as long as there is exactly one that fits. */
export type PodStep =
  | 'pod deleted'
  | 'pod failed'
  | 'pod succeeded'
  | 'readiness lost'
  | 'readiness restored'

/** What happens to a node, with nothing more to say about it. */
export type NodeStep =
  | 'node cordoned'
  | 'node joins'
  | 'node leaves'
  | 'node resumed'
  | 'node stopped'
  | 'node uncordoned'

/** One thing that happens; where it cannot (there is no such node), nothing does. */
export type Step =
  | { readonly step: NodeStep; readonly node: string }
  | { readonly step: 'label added'; readonly node: string; readonly label: string }
  | { readonly step: 'label removed'; readonly node: string; readonly key: string }
  | {
      readonly step: 'taint added' | 'taint removed'
      readonly node: string
      readonly taint: string
    }
  | { readonly step: PodStep; readonly node: string }
  | { readonly step: 'all pods deleted' }
  | { readonly step: 'daemonset created' | 'daemonset changed'; readonly settings: Settings }
  /** A label of its own makes the controller look at everything again. */
  | { readonly step: 'daemonset labelled'; readonly label: string }
  | { readonly step: 'daemonset deleted'; readonly propagationPolicy: PropagationPolicy }
  | { readonly step: 'revision deleted'; readonly which: 'current' | 'oldest' }
  | { readonly step: 'time passes'; readonly seconds: number }

type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan'

/** What happens to a cluster, as data: the same history gives the same scenario on every target. */
export interface History {
  /** Seeds the in-process cluster; a history says nothing else about chance. */
  readonly seed: number
  readonly steps: readonly Step[]
}

/** The history as it is kept in a file: one line per step. */
export function historyText({ seed, steps }: History): string {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`)
  return `{\n  "seed": ${seed},\n  "steps": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Reads what `historyText` has written; `name` stands in the messages of the `UsageError`. */
export function historyOf(text: string, name: string): History {
  const { seed, steps } = parsed(text, name)
  if (!Number.isSafeInteger(seed)) throw new UsageError(`${name}: "seed" is not a whole number`)
  if (!Array.isArray(steps)) throw new UsageError(`${name}: "steps" is not a list`)
  steps.forEach((step, index) => {
    const problem = problemOf(step)
    if (problem === undefined) return
    throw new UsageError(`${name}: step ${index + 1} ${JSON.stringify(step)}: ${problem}`)
  })
  return { seed: seed as number, steps: steps as Step[] }
}

function parsed(text: string, name: string): { readonly seed?: unknown; readonly steps?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    throw new UsageError(`${name} is not JSON`, { cause })
  }
  throw new UsageError(`${name} is not a history: wanted an object with "seed" and "steps"`)
}

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value !== ''
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string)
const isSettings: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((each) => typeof each === 'string')
const isDuration: Check = (value) => typeof value === 'number' && value >= 0 && value <= 86_400

const onNode = { node: isText }
const onTaint = { ...onNode, taint: (value: unknown) => /^[^=:]+(?:=[^:]*)?:\w+$/.test(`${value}`) }

/** What each step has to say besides its name. */
const fields: { readonly [Name in Step['step']]: Readonly<Record<string, Check>> } = {
  'all pods deleted': {},
  'daemonset changed': { settings: isSettings },
  'daemonset created': { settings: isSettings },
  'daemonset deleted': { propagationPolicy: oneOf('Background', 'Foreground', 'Orphan') },
  'daemonset labelled': { label: isText },
  'label added': { ...onNode, label: isText },
  'label removed': { ...onNode, key: isText },
  'node cordoned': onNode,
  'node joins': onNode,
  'node leaves': onNode,
  'node resumed': onNode,
  'node stopped': onNode,
  'node uncordoned': onNode,
  'pod deleted': onNode,
  'pod failed': onNode,
  'pod succeeded': onNode,
  'readiness lost': onNode,
  'readiness restored': onNode,
  'revision deleted': { which: oneOf('current', 'oldest') },
  'taint added': onTaint,
  'taint removed': onTaint,
  'time passes': { seconds: isDuration },
}

function problemOf(step: unknown): string | undefined {
  if (typeof step !== 'object' || step === null) return 'this is not an object'
  const name = (step as { readonly step?: unknown }).step
  if (typeof name !== 'string' || !Object.hasOwn(fields, name)) return 'there is no such step'
  for (const [field, isValid] of Object.entries(fields[name as Step['step']])) {
    if (!isValid((step as Record<string, unknown>)[field])) return `"${field}" is missing or wrong`
  }
  return undefined
}
