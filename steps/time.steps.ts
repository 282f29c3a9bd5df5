import { Given, When } from '@cucumber/cucumber'
import type { ConformanceWorld } from './support/world'

When('{float} second(s) pass(es)', async function (this: ConformanceWorld, seconds: number) {
  await this.cluster.elapse(seconds)
})

Given('{int} second(s) passed', async function (this: ConformanceWorld, seconds: number) {
  await this.cluster.elapse(seconds)
})

When('the cluster comes to rest', async function (this: ConformanceWorld) {
  await this.cluster.settle()
})
