import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { microTimestampOf, timestampOf } from '../src/kubernetes/clock'
import {
  cellsOf,
  readsAs,
  type Table,
  tableForm,
  tableOf,
  tableResources,
} from './support/table-cells'
import type { ConformanceWorld } from './support/world'

Then(
  'the table of {resources} has exactly the columns',
  async function (this: ConformanceWorld, resources: string, table: DataTable) {
    const { columns } = await shownAsTable(this, resources)
    assert.deepEqual(columns, table.hashes())
  },
)

Then(
  'the table of {resources} reads',
  async function (this: ConformanceWorld, resources: string, table: DataTable) {
    const [columns = [], ...expected] = table.raw()
    await this.eventually(`the table of ${resources}`, async () =>
      // Servers whose store has another order list objects in that one.
      inOrder(cellsOf(await shownAsTable(this, resources), columns)),
    ).toMeet(
      (rows) =>
        rows.length === expected.length &&
        expected.every((cells, row) =>
          cells.every((text, column) => readsAs(rows[row]?.[column] ?? '', text)),
        ),
    )
  },
)

Given(
  'the event {string} was last seen {int} seconds ago',
  async function (this: ConformanceWorld, name: string, seconds: number) {
    await createEvent(this, name, timestampOf(this.cluster.clock.now() - seconds * 1000))
  },
)

Given('the event {string} was never seen', async function (this: ConformanceWorld, name: string) {
  await createEvent(this, name, undefined)
})

When(
  'the node {string} is/was created without a kubelet',
  async function (this: ConformanceWorld, name: string) {
    await createNode(this, name)
  },
)

Given(
  'a cluster with {int} nodes without kubelets',
  async function (this: ConformanceWorld, count: number) {
    const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`)
    await Promise.all(names.map((name) => createNode(this, name)))
    // What the control plane does about new nodes is over, and everybody knows them.
    await this.cluster.settle()
  },
)

/**
 * A node that never says how it is.
 *
 * The node lifecycle controller remembers namesakes that have gone, and would give up on this one at its first look; a
 * lease that is newer gives it the time of a new node.
 */
async function createNode(world: ConformanceWorld, name: string): Promise<void> {
  await world.client.create('Lease', {
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, renewTime: microTimestampOf(world.cluster.clock.now()) },
  })
  await world.client.create('Node', { apiVersion: 'v1', kind: 'Node', metadata: { name } })
  world.nodeNames.add(name)
}

async function shownAsTable(world: ConformanceWorld, resources: string): Promise<Table> {
  const path = tableResources[resources]?.(world.namespace)
  assert(path, `there are tables of ${resources}`)
  const headers = { accept: tableForm }
  const { status, body } = await world.cluster.request({ method: 'GET', path, headers })
  assert.equal(status, 200, body)
  return tableOf(body)
}

function inOrder(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...rows].sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0))
}

async function createEvent(
  world: ConformanceWorld,
  name: string,
  lastTimestamp: string | undefined,
): Promise<void> {
  const { namespace } = world
  await world.client.create('Event', {
    metadata: { name, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'notes', namespace },
    reason: 'Noted',
    message: 'Somebody noted something',
    type: 'Normal',
    ...(lastTimestamp === undefined ? {} : { firstTimestamp: lastTimestamp, lastTimestamp }),
  })
}
