import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { isPodReady } from '../src/kubernetes/conditions'
import { compileLabelSelector } from '../src/kubernetes/label-selector'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import { toleratesAll } from '../src/kubernetes/tolerations'
import type { DaemonSet, Node, Pod } from '../src/kubernetes/types'
import { readManifest } from '../src/targets/manifest'
import { expectAvailable, expectPlaced } from './support/daemon-pods'
import type { NodeNames } from './support/node-names'
import type { ConformanceWorld } from './support/world'

When('the manifest {string} is applied', async function (this: ConformanceWorld, path: string) {
  await apply(this, path)
})

Given(
  'the manifest {string} runs on {names}',
  async function (this: ConformanceWorld, path: string, nodes: NodeNames) {
    const { metadata } = await apply(this, path)
    await expectAvailable(this, metadata.name, nodes)
  },
)

Given(
  'the manifest {string} runs on every tolerated node',
  async function (this: ConformanceWorld, path: string) {
    const { metadata, spec } = await apply(this, path)
    const { tolerations } = spec.template.spec ?? {}
    const tolerated = await nodesWhere(this, (node) =>
      toleratesAll(tolerations, node.spec.taints, ['NoSchedule', 'NoExecute']),
    )
    await expectAvailable(this, metadata.name, tolerated)
  },
)

Given(
  'the manifest {string} is placed on {names}',
  async function (this: ConformanceWorld, path: string, nodes: NodeNames) {
    const { metadata } = await apply(this, path)
    await expectPlaced(this, metadata.name, nodes)
  },
)

Then(
  '{string} runs on every node except',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const exceptions = table.raw().map(([kind = '', text = '']) => exceptionOf(kind, text))
    const nodes = await nodesWhere(
      this,
      (node) => !exceptions.some((isExcepted) => isExcepted(node)),
    )
    await this.eventually(`the nodes of the ready daemon pods of ${name}`, async () => {
      const pods = await this.daemonPodsOf(name)
      return pods.map((pod) => `${targetNodeNameOf(pod)}${isPodReady(pod) ? '' : ' (not ready)'}`)
    }).toEqual([...nodes].sort())
  },
)

Then(
  'the pods labelled {string} run on exactly {names}',
  async function (this: ConformanceWorld, labels: string, nodes: NodeNames) {
    await this.eventually(`the nodes of the pods labelled ${labels}`, async () =>
      (await this.list('Pod', labels))
        .map((pod) => `${pod.spec.nodeName} ${pod.status.phase}`)
        .sort(),
    ).toEqual(this.resolve(nodes).map((node) => `${node} Running`))
  },
)

Then(
  'every daemon pod of {string} uses the host network',
  async function (this: ConformanceWorld, name: string) {
    await expectEvery(this, name, ({ spec }) => spec.hostNetwork === true)
  },
)

Then(
  'every daemon pod of {string} has the priority {int}',
  async function (this: ConformanceWorld, name: string, priority: number) {
    await expectEvery(this, name, ({ spec }) => spec.priority === priority)
  },
)

Then(
  'every daemon pod of {string} has {int} ready containers',
  async function (this: ConformanceWorld, name: string, count: number) {
    await expectEvery(this, name, ({ status }) => {
      const ready = status.containerStatuses?.filter((container) => container.ready)
      return ready?.length === count
    })
  },
)

async function apply(world: ConformanceWorld, path: string): Promise<DaemonSet> {
  const manifest = readManifest(world.manifestPath(path), { kind: 'DaemonSet' })
  const metadata = { ...manifest.metadata, namespace: world.namespace }
  return await world.client.create('DaemonSet', { ...manifest, metadata })
}

/** Which nodes one row of a table leaves out. */
function exceptionOf(kind: string, text: string): (node: Node) => boolean {
  switch (kind) {
    case 'those tainted':
      return ({ spec }) => (spec.taints ?? []).some(({ key }) => key === text)
    case 'those labelled': {
      const matches = compileLabelSelector(text)
      return ({ metadata }) => matches(metadata.labels)
    }
    case 'nobody':
      return () => false
    default:
      throw new Error(`"${kind}" tells no nodes`)
  }
}

/** The names of the scenario's nodes that answer yes. */
async function nodesWhere(
  world: ConformanceWorld,
  isMeant: (node: Node) => boolean,
): Promise<readonly string[]> {
  const { items } = await world.client.list('Node')
  return items
    .filter(({ metadata }) => world.nodeNames.has(metadata.name))
    .filter(isMeant)
    .map(({ metadata }) => metadata.name)
}

async function expectEvery(
  world: ConformanceWorld,
  name: string,
  isMet: (pod: Pod) => boolean,
): Promise<void> {
  await world
    .eventually(`the daemon pods of ${name}`, () => world.daemonPodsOf(name))
    .toMeet((pods) => pods.length > 0 && pods.every(isMet))
}
