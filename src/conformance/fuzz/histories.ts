import fc from 'fast-check'
import type { History, Settings, Step } from './history'

/** What random histories are to be like. */
export interface HistoryShape {
  /** The most steps that follow the start: some nodes and a DaemonSet. */
  readonly steps: number
  /**
   * How much of what takes minutes of a cluster's own time happens: silent and vanishing nodes, long waits.
   * In virtual time it costs nothing; in wall time it is most of a run.
   */
  readonly slowSteps: 'often' | 'rarely'
}

/** Random histories; they shrink towards fewer nodes, fewer steps and the first of each choice. */
export function histories(shape: HistoryShape): fc.Arbitrary<History> {
  const drawn = fc.record({
    seed: fc.noShrink(fc.nat(999_999)),
    nodes: fc.integer({ min: 1, max: 4 }),
    settings: createdWith,
    steps: fc.array(stepOf(shape), { maxLength: shape.steps, size: 'max' }),
  })
  // Without it most histories would be short.
  return fc.noBias(drawn).map(({ seed, nodes, settings, steps }) => ({
    seed,
    steps: [
      ...nodeNames.slice(0, nodes).map((node): Step => ({ step: 'node joins', node })),
      { step: 'daemonset created', settings },
      ...steps,
    ],
  }))
}

const nodeNames = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5'] as const
const node = fc.constantFrom(...nodeNames)
const label = fc.constantFrom('disk=ssd', 'disk=hdd', 'zone=east')
const labelKey = fc.constantFrom('disk', 'zone')
const taint = fc.constantFrom(
  'dedicated=gpu:NoSchedule',
  'dedicated=gpu:NoExecute',
  'dedicated=gpu:PreferNoSchedule',
  'spot:NoSchedule',
)

const image = fc.constantFrom('agent:v1', 'agent:v2', 'agent:v3')
const templateChange: fc.Arbitrary<Settings> = fc.oneof(
  { weight: 5, arbitrary: image.map((value) => ({ image: value })) },
  { weight: 1, arbitrary: fc.constant({ image: 'agent:non-existent' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('track=a', 'track=b').map((value) => ({ 'template label': value })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('none', 'disk=ssd', 'zone=east')
      .map((value) => ({ nodeSelector: value })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'none',
        'Exists',
        'dedicated Exists:NoSchedule',
        'dedicated Exists:NoExecute',
        'dedicated Exists',
      )
      .map((value) => ({ tolerations: value })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('immediately', 'never', 'after 7 seconds')
      .map((value) => ({ readiness: value })),
  },
)

const limit = fc.constantFrom('1', '2', '3', '10%', '50%', '100%')
const strategy: fc.Arbitrary<Settings> = fc.oneof(
  limit.map((maxUnavailable) => ({
    updateStrategy: 'RollingUpdate',
    maxUnavailable,
    maxSurge: '0',
  })),
  limit.map((maxSurge) => ({ updateStrategy: 'RollingUpdate', maxUnavailable: '0', maxSurge })),
  fc.constant({ updateStrategy: 'OnDelete' }),
)
const minReady: fc.Arbitrary<Settings> = fc
  .constantFrom('0', '3', '6')
  .map((minReadySeconds) => ({ minReadySeconds }))

const createdWith: fc.Arbitrary<Settings> = fc
  .tuple(image, strategy, fc.option(minReady, { nil: {} }), fc.option(templateChange, { nil: {} }))
  .map(([value, ...parts]) => Object.assign({ image: value }, ...parts))

const changedTo: fc.Arbitrary<Settings> = fc.oneof(
  { weight: 6, arbitrary: templateChange },
  { weight: 3, arbitrary: strategy },
  { weight: 1, arbitrary: minReady },
  {
    weight: 2,
    arbitrary: fc.tuple(templateChange, strategy).map(([a, b]) => ({ ...a, ...b })),
  },
)

function stepOf({ slowSteps }: HistoryShape): fc.Arbitrary<Step> {
  const slow = slowSteps === 'often' ? 2 : 1
  const quick = slowSteps === 'often' ? 1 : 3
  const weighted = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary })
  return fc.oneof(
    weighted(3 * quick, onNode('node joins')),
    weighted(slow, onNode('node leaves')),
    weighted(slow, onNode('node stopped')),
    weighted(2 * slow, onNode('node resumed')),
    weighted(quick, onNode('node cordoned')),
    weighted(quick, onNode('node uncordoned')),
    weighted(2 * quick, fc.record({ step: fc.constant('label added'), node, label })),
    weighted(quick, fc.record({ step: fc.constant('label removed'), node, key: labelKey })),
    weighted(2 * quick, fc.record({ step: fc.constant('taint added'), node, taint })),
    weighted(2 * quick, fc.record({ step: fc.constant('taint removed'), node, taint })),
    weighted(2 * quick, onNode('pod deleted')),
    weighted(quick, onNode('pod failed')),
    weighted(quick, onNode('pod succeeded')),
    weighted(2 * quick, onNode('readiness lost')),
    weighted(2 * quick, onNode('readiness restored')),
    weighted(quick, fc.record({ step: fc.constant('all pods deleted') })),
    weighted(8 * quick, fc.record({ step: fc.constant('daemonset changed'), settings: changedTo })),
    weighted(
      3 * quick,
      fc.record({ step: fc.constant('daemonset created'), settings: createdWith }),
    ),
    weighted(
      quick,
      fc.record({
        step: fc.constant('daemonset deleted'),
        propagationPolicy: fc.constantFrom('Background', 'Foreground', 'Orphan'),
      }),
    ),
    weighted(
      quick,
      fc.record({
        step: fc.constant('revision deleted'),
        which: fc.constantFrom('current', 'oldest'),
      }),
    ),
    weighted(
      2 * quick,
      fc.record({
        step: fc.constant('time passes'),
        seconds:
          slowSteps === 'often' ? fc.constantFrom(1, 0.2, 5, 15, 60, 300) : fc.constantFrom(1, 5),
      }),
    ),
  )
}

function onNode<Name extends Extract<Step, { readonly node: string }>['step']>(
  step: Name,
): fc.Arbitrary<Step> {
  return fc.record({ step: fc.constant(step), node }) as fc.Arbitrary<Step>
}
