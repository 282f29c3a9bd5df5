import { Given, Then } from '@cucumber/cucumber'
import { burstsOf, refusedAttemptsOf } from './support/attempts'
import type { ConformanceWorld } from './support/world'

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
