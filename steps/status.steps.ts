import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { conditionOf } from '../src/kubernetes/conditions'
import type { DaemonSetStatus } from '../src/kubernetes/types'
import type { ConformanceWorld } from './support/world'

Then(
  'the status of {string} shows',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const expected = Object.entries(table.rowsHash()).map(([field, value]) => [
      field,
      Number(value),
    ])
    const fields = Object.keys(table.rowsHash()) as (keyof DaemonSetStatus)[]
    await this.eventually(`the status of DaemonSet ${name}`, async () => {
      const daemonSet = await this.find('DaemonSet', name)
      const status: Partial<DaemonSetStatus> = daemonSet?.status ?? {}
      return Object.fromEntries(fields.map((field) => [field, status[field] ?? 0]))
    }).toEqual(Object.fromEntries(expected))
  },
)

Given(
  'somebody set the condition {string} of {string} to {string}',
  async function (this: ConformanceWorld, type: string, name: string, status: string) {
    const condition = { type, status, reason: 'Announced', message: 'Set by somebody else' }
    await patchStatus(this, name, { conditions: [condition] })
  },
)

When(
  'somebody sets numberReady in the status of {string} to {int}',
  async function (this: ConformanceWorld, name: string, numberReady: number) {
    await this.attempt(() => patchStatus(this, name, { numberReady }))
  },
)

Then(
  'the condition {string} of {string} is {string}',
  async function (this: ConformanceWorld, type: string, name: string, status: string) {
    await this.eventually(
      `the condition ${type} of DaemonSet ${name}`,
      async () => conditionOf((await this.daemonSet(name)).status.conditions, type)?.status,
    ).toEqual(status)
  },
)

async function patchStatus(world: ConformanceWorld, name: string, status: object): Promise<void> {
  const subresource = { subresource: 'status' }
  const patch = { type: 'merge', body: { status } } as const
  await world.client.patch('DaemonSet', world.key(name), patch, subresource)
}
