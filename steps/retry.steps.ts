import { Given, Then } from '@cucumber/cucumber'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import type { Pod } from '../src/kubernetes/types'
import type { ObservedEvent } from '../src/targets/observation'
import { burstsOf, refusedAttemptsOf } from './support/attempts'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

/** Pauses from this length on are long enough to be measured on a busy machine, in milliseconds. */
const longMilliseconds = 1000

/** How much longer a pause is than the one before: twice, and what measuring takes away or adds. */
const growth = { least: 1.5, most: 2.6 } as const

Then(
  '{string} is tried again after {int} pauses that double, one daemon pod at a time',
  async function (this: ConformanceWorld, name: string, count: number) {
    await this.eventually(`refused attempts to create daemon pods of ${name}`, () =>
      burstsOf(refusedAttemptsOf(this.cluster.observation().events, name)).filter(
        ({ pauseMilliseconds }) => pauseMilliseconds >= longMilliseconds,
      ),
    ).toMeet(
      (bursts) =>
        bursts.length >= count &&
        bursts.every(({ pauseMilliseconds, attempts }, index) => {
          const former = bursts[index - 1]?.pauseMilliseconds ?? pauseMilliseconds / 2
          const factor = pauseMilliseconds / former
          return attempts === 1 && factor >= growth.least && factor <= growth.most
        }),
    )
  },
)

Given(
  '{string} was tried in vain {int} times',
  async function (this: ConformanceWorld, name: string, count: number) {
    await this.eventually(
      `refused attempts to create daemon pods of ${name}`,
      () => refusedAttemptsOf(this.cluster.observation().events, name).length,
    ).toMeet((attempts) => attempts >= count)
  },
)

Then(
  '{string} is tried again {int} times within a second',
  async function (this: ConformanceWorld, name: string, count: number) {
    const { eventCount } = this.before
    await this.eventually(`refused attempts to create daemon pods of ${name} since`, () => {
      const events = this.cluster.observation().events.slice(eventCount)
      const [first, ...others] = refusedAttemptsOf(events, name)
      return others.filter((at) => at - (first ?? at) <= longMilliseconds).length
    }).toMeet((attempts) => attempts >= count)
  },
)

Then(
  'the daemon pod of {string} on {string} was created {order} the pod {string} failed',
  async function (
    this: ConformanceWorld,
    daemonSet: string,
    node: string,
    order: 'before' | 'after',
    held: string,
  ) {
    const { eventCount } = this.before
    const read = () => {
      const events = this.cluster.observation().events.slice(eventCount)
      const pods = events.filter(({ kind }) => kind === 'Pod')
      const created = pods.find(
        ({ type, object }) =>
          type === 'ADDED' &&
          targetNodeNameOf(object as Pod) === node &&
          daemonPodsAmong([object as Pod], daemonSet).length > 0,
      )
      const failed = pods.find(
        ({ object }) => object.metadata.name === held && (object as Pod).status.phase === 'Failed',
      )
      if (created === undefined || failed === undefined) return undefined
      return versionOf(created) < versionOf(failed) ? 'before' : 'after'
    }
    await this.eventually(`when a daemon pod of ${daemonSet} was created on ${node}`, read).toEqual(
      order,
    )
  },
)

function versionOf({ object }: ObservedEvent): bigint {
  return BigInt(object.metadata.resourceVersion)
}
