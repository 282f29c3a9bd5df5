import { Given, When } from '@cucumber/cucumber'
import type { ConformanceWorld } from './support/world'

/** Time that passes is no hang-up, however long it takes on a live cluster. */
const timeout = 15 * 60_000

When(
  '{float} second(s) pass(es)',
  { timeout },
  async function (this: ConformanceWorld, seconds: number) {
    await this.cluster.elapse(seconds)
  },
)

Given(
  '{int} second(s) passed',
  { timeout },
  async function (this: ConformanceWorld, seconds: number) {
    await this.cluster.elapse(seconds)
  },
)

When('the cluster comes to rest', async function (this: ConformanceWorld) {
  await this.cluster.settle()
})
