import { Given } from '@cucumber/cucumber'
import type { Limited } from './support/parameter-types'
import type { ConformanceWorld } from './support/world'

Given(
  'the namespace allows only {int} {limited}',
  async function (this: ConformanceWorld, count: number, { resource, name }: Limited) {
    const hard = String(count)
    await this.client.create('ResourceQuota', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name, namespace: this.namespace },
      spec: { hard: { [resource]: hard } },
    })
    await this.eventually(
      'the quota is in force',
      async () => (await this.find('ResourceQuota', name))?.status?.hard?.[resource],
    ).toEqual(hard)
  },
)

Given(
  'the namespace allows {int} {limited} from now on',
  async function (this: ConformanceWorld, count: number, { resource, name }: Limited) {
    const body = { spec: { hard: { [resource]: String(count) } } }
    await this.client.patch('ResourceQuota', this.key(name), { type: 'merge', body })
    await this.eventually(
      'the quota is in force',
      async () => (await this.find('ResourceQuota', name))?.status?.hard?.[resource],
    ).toEqual(String(count))
  },
)

Given(
  'a disruption budget that allows no disruption of {string}',
  async function (this: ConformanceWorld, daemonSet: string) {
    const { selector } = (await this.daemonSet(daemonSet)).spec
    await this.client.create('PodDisruptionBudget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: daemonSet, namespace: this.namespace },
      spec: { maxUnavailable: 0, selector },
    })
  },
)

Given('the deletion of the namespace began', async function (this: ConformanceWorld) {
  await this.client.delete('Namespace', { name: this.namespace })
})
