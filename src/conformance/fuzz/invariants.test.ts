import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { Node } from '../../kubernetes/types'
import type { Action } from '../../reconciler/action'
import type { Placer } from '../../reconciler/placement'
import type { StatusCounts } from '../../reconciler/status'
import type { UpdateLimits } from '../../reconciler/update-limits'
import { checkInvariants } from './check-invariants'
import { histories } from './histories'
import { type History, historyText, type Step } from './history'
import { startWatchedTarget, type WatchedTarget } from './watched-target'

/** The modules themselves, so that one of their functions can be exchanged for a faulty one. */
const limits: { updateLimitsOf: unknown } = require('../../reconciler/update-limits')
const tolerations: { daemonTolerationsOf: unknown } = require('../../reconciler/daemon-tolerations')
const statuses: object = require('../../reconciler/status')
const placement: { compilePlacement: unknown } = require('../../reconciler/placement')
const management: { manage: unknown } = require('../../reconciler/manage')

/** A few seconds; `dsc fuzz` tries as many as there is time for. */
const bounds = { numRuns: 10, steps: 25 } as const

describe('invariants of whole clusters', () => {
  let target: WatchedTarget
  before(async () => {
    target = await startWatchedTarget(1)
  })
  after(() => target[Symbol.asyncDispose]())

  async function brokenIn(history: History): Promise<readonly string[]> {
    await using watched = await target.open(`history ${history.seed}`)
    return (await checkInvariants(watched, history)).broken
  }

  async function brokenWith(
    module: object,
    name: string,
    faulty: (original: never) => unknown,
    steps: readonly Step[],
  ): Promise<readonly string[]> {
    const original: unknown = Reflect.get(module, name)
    assert.equal(typeof original, 'function')
    Reflect.set(module, name, faulty(original as never))
    try {
      return await brokenIn({ seed: 1, steps })
    } finally {
      Reflect.set(module, name, original)
    }
  }

  test('UPDATE-23, MANAGE-04, PLACE-23, STATUS-16: random histories break none of them', async () => {
    // The seed is printed when a history fails, and repeats it.
    await fc.assert(
      fc.asyncProperty(histories({ steps: bounds.steps, slowSteps: 'often' }), async (history) => {
        assert.deepEqual(await brokenIn(history), [], historyText(history))
      }),
      { numRuns: bounds.numRuns },
    )
  })

  test('a rollout that ignores maxUnavailable is noticed', async () => {
    const broken = await brokenWith(
      limits,
      'updateLimitsOf',
      (original: (daemonSet: never, desired: number) => UpdateLimits) =>
        (daemonSet: never, desired: number) => ({
          ...original(daemonSet, desired),
          maxUnavailable: desired,
        }),
      [
        ...joined(3),
        created({ updateStrategy: 'RollingUpdate', maxUnavailable: '1', maxSurge: '0' }),
        { step: 'time passes', seconds: 5 },
        { step: 'daemonset changed', settings: { image: 'agent:v2' } },
      ],
    )
    assert.match(broken[0] ?? '', /^the rollout deleted the available pod .*; allowed are 1$/)
  })

  test('pods that are missing where they have to run are noticed', async () => {
    const broken = await brokenWith(
      tolerations,
      'daemonTolerationsOf',
      () => (spec: { readonly tolerations?: readonly unknown[] }) => spec.tolerations ?? [],
      [...joined(2), { step: 'node cordoned', node: 'node-2' }, created({})],
    )
    assert.match(broken.join('\n'), /node node-2 should run a daemon pod, and has none/)
  })

  test('writes that change nothing are noticed', async () => {
    const broken = await brokenWith(statuses, 'isStatusCurrent', () => () => false, [
      ...joined(1),
      created({}),
    ])
    assert.match(broken.join('\n'), /DaemonSet agent changed nothing/)
  })

  test('two daemon pods on one node are noticed', async () => {
    const broken = await brokenWith(
      management,
      'manage',
      (original: (observation: never) => readonly Action[]) => (observation: never) =>
        original(observation).flatMap((action): readonly Action[] =>
          action.verb === 'create' ? [action, action] : [action],
        ),
      [...joined(1), created({})],
    )
    assert.match(broken[0] ?? '', /^pod agent-\w+ was created on node-1 beside agent-/)
  })

  test('a daemon pod on a node that may not have one is noticed', async () => {
    const broken = await brokenWith(
      placement,
      'compilePlacement',
      (original: (template: never) => Placer) => (template: never) => {
        const judge = original(template)
        return (node: Node) => {
          const judged = judge(node)
          return judged.kind === 'remove' ? { ...judged, kind: 'keep' } : judged
        }
      },
      [
        ...joined(1),
        { step: 'label added', node: 'node-1', label: 'disk=ssd' },
        created({ nodeSelector: 'disk=ssd' }),
        { step: 'time passes', seconds: 5 },
        { step: 'label removed', node: 'node-1', key: 'disk' },
      ],
    )
    assert.match(broken.join('\n'), /node node-1 may not have a daemon pod, and has one/)
  })

  test('a status that is not what a recount gives is noticed', async () => {
    const broken = await brokenWith(statuses, 'statusCountsOf', wrongReadiness, [
      ...joined(2),
      created({}),
    ])
    assert.match(broken.join('\n'), /the status shows numberReady 3, and a recount 2/)
  })

  test('a write in the hour in which a settled cluster has to stay as it is is noticed', async () => {
    await using watched = await target.open('an uneasy hour')
    const { client, clock, namespace } = watched.cluster
    clock.after(40 * 60_000, () => {
      const patch = { type: 'merge', body: { metadata: { labels: { late: 'yes' } } } } as const
      void client.patch('DaemonSet', { name: 'agent', namespace }, patch)
    })
    const history = { seed: 1, steps: [...joined(1), created({})] }
    const { broken } = await checkInvariants(watched, history)
    assert.match(broken.join('\n'), /although nothing changed: .*patch DaemonSet agent/)
  })
})

/** One ready node too many. */
function wrongReadiness(
  original: (...args: never[]) => StatusCounts,
): (...args: never[]) => StatusCounts {
  return (...args) => {
    const counts = original(...args)
    return { ...counts, numberReady: counts.numberReady + 1 }
  }
}

function joined(count: number): readonly Step[] {
  return Array.from({ length: count }, (_, index) => ({
    step: 'node joins',
    node: `node-${index + 1}`,
  }))
}

function created(settings: Readonly<Record<string, string>>): Step {
  return { step: 'daemonset created', settings }
}
