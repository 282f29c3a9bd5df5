import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { semanticallyEqual } from '../src/kubernetes/canonical-json'
import { isNodeReady } from '../src/kubernetes/conditions'
import type { Draft, Node, Taint } from '../src/kubernetes/types'
import { readManifests } from '../src/targets/manifest'
import { labelsOf, taintOf, taintsOf } from './support/kubernetes-text'
import type { NodeNames, NodePart } from './support/node-names'
import type { ConformanceWorld } from './support/world'

/** The taint that every node carries until it has been seen ready (API-211). */
const notReadyKey = 'node.kubernetes.io/not-ready'

Given('a cluster without nodes', () => {
  // The scenario's cluster has no nodes until some join.
})

Given(
  '(a cluster with )(the )node(s) {names}',
  async function (this: ConformanceWorld, names: NodeNames) {
    await joinReady(
      this,
      this.resolve(names).map((name) => nodeDraft(name)),
    )
  },
)

Given('a cluster with {int} nodes', async function (this: ConformanceWorld, count: number) {
  await joinReady(
    this,
    numbered(this, count).map((name) => nodeDraft(name)),
  )
})

Given(
  '(a cluster with )the node {string} labelled {string}',
  async function (this: ConformanceWorld, name: string, labels: string) {
    await joinReady(this, [nodeDraft(name, { labels })])
  },
)

Given(
  '(a cluster with )the node {string} tainted {string}',
  async function (this: ConformanceWorld, name: string, taint: string) {
    await joinReady(this, [nodeDraft(name, { taints: taint })])
  },
)

Given('the nodes', async function (this: ConformanceWorld, table: DataTable) {
  const drafts = table.hashes().map(({ node = '', ...rest }) => nodeDraft(node, rest))
  await joinReady(this, drafts)
})

Given('the fleet {string}', async function (this: ConformanceWorld, fleet: string) {
  const name = /\.ya?ml$/.test(fleet) ? fleet : `fleets/${fleet}`
  const documents = readManifests(this.manifestPath(name), { kind: 'Node' })
  await joinReady(
    this,
    documents.map(({ object }) => object),
  )
})

When('the node {string} joins/joined', async function (this: ConformanceWorld, name: string) {
  await join(this, [nodeDraft(name)])
})

When('{int} nodes join', async function (this: ConformanceWorld, count: number) {
  await join(
    this,
    numbered(this, count).map((name) => nodeDraft(name)),
  )
})

When(
  'the node {string} labelled {string} joins',
  async function (this: ConformanceWorld, name: string, labels: string) {
    await join(this, [nodeDraft(name, { labels })])
  },
)

When(
  'the node {string} tainted {string} joins',
  async function (this: ConformanceWorld, name: string, taint: string) {
    await join(this, [nodeDraft(name, { taints: taint })])
  },
)

When('the node {string} leaves/left', async function (this: ConformanceWorld, name: string) {
  await this.cluster.nodes.leave(name)
  this.nodeNames.delete(name)
})

When(
  'the label {string} is/was added to {string}',
  async function (this: ConformanceWorld, label: string, node: string) {
    await patchNode(this, node, { metadata: { labels: labelsOf(label) } })
  },
)

When(
  'the label {string} is/was removed from {string}',
  async function (this: ConformanceWorld, key: string, node: string) {
    await patchNode(this, node, { metadata: { labels: { [key]: null } } })
  },
)

When(
  'the taint {string} is/was added to {string}',
  async function (this: ConformanceWorld, text: string, node: string) {
    await changeTaints(this, node, (taints) => [...taints, taintOf(text)])
  },
)

When(
  'the taint {string} is removed from {string}',
  async function (this: ConformanceWorld, text: string, node: string) {
    const { key, effect } = taintOf(text)
    await changeTaints(this, node, (taints) =>
      taints.filter((taint) => taint.key !== key || taint.effect !== effect),
    )
  },
)

When('{string} is/was cordoned', async function (this: ConformanceWorld, node: string) {
  await patchNode(this, node, { spec: { unschedulable: true } })
})

When('{string} is uncordoned', async function (this: ConformanceWorld, node: string) {
  await patchNode(this, node, { spec: { unschedulable: null } })
})

When(
  'the kubelet of {string} reports/reported the condition {string} as {string}',
  async function (this: ConformanceWorld, node: string, type: string, status: string) {
    await this.cluster.nodes.setCondition(node, type, status === 'True' ? 'True' : 'False')
  },
)

When('the kubelet of {string} stops/stopped', function (this: ConformanceWorld, node: string) {
  this.cluster.nodes.stop(node)
})

When('the kubelet of {string} resumes', function (this: ConformanceWorld, node: string) {
  this.cluster.nodes.resume(node)
})

When(
  'the {nodePart} of {string} changes/changed',
  async function (this: ConformanceWorld, part: NodePart, node: string) {
    await changePart(this, node, part)
  },
)

Given(
  'the DaemonSet {string} has not noticed the taint {string} on {string}',
  async function (this: ConformanceWorld, daemonSet: string, taint: string, node: string) {
    // Only where nothing is left to do does nobody look by chance.
    await this.cluster.settle()
    const { desiredNumberScheduled } = (await this.daemonSet(daemonSet)).status
    await changeTaints(this, node, (taints) => [...taints, taintOf(taint)])
    await this.cluster.settle()
    const { status } = await this.daemonSet(daemonSet)
    assert.equal(status.desiredNumberScheduled, desiredNumberScheduled, 'the taint was noticed')
  },
)

Then(
  '{string} carries the taint {string}',
  async function (this: ConformanceWorld, node: string, taint: string) {
    await expectTaint(this, node, taint)
  },
)

Then(
  '{string} carries the taint {string} within {int} seconds',
  async function (this: ConformanceWorld, node: string, taint: string, withinSeconds: number) {
    await expectTaint(this, node, taint, { withinSeconds })
  },
)

interface NodeText {
  readonly labels?: string
  readonly taints?: string
  readonly cpu?: string
}

function nodeDraft(name: string, { labels = '', taints = '', cpu }: NodeText = {}): Draft {
  const capacity = { cpu, memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: labelsOf(labels) },
    spec: { taints: taintsOf(taints) },
    ...(cpu === undefined ? {} : { status: { capacity, allocatable: capacity } }),
  }
}

/** Names that no node of the scenario has yet: `node-1`, `node-2` and so on. */
function numbered(world: ConformanceWorld, count: number): readonly string[] {
  const taken = [...world.nodeNames].filter((name) => /^node-\d+$/.test(name)).length
  return Array.from({ length: count }, (_, index) => `node-${taken + index + 1}`)
}

async function join(world: ConformanceWorld, drafts: readonly Draft[]): Promise<void> {
  await Promise.all(drafts.map((draft) => world.cluster.nodes.join(draft)))
  for (const { metadata } of drafts) world.nodeNames.add(metadata?.name ?? '')
}

/** A given node is up: the control plane has taken note that it is ready. */
async function joinReady(world: ConformanceWorld, drafts: readonly Draft[]): Promise<void> {
  await join(world, drafts)
  const names = drafts.map(({ metadata }) => metadata?.name ?? '')
  await world
    .eventually('nodes that are not yet ready', async () => {
      const { items } = await world.client.list('Node')
      const ready = new Set(items.filter(isUp).map(({ metadata }) => metadata.name))
      return names.filter((name) => !ready.has(name))
    })
    .toEqual([])
}

function isUp(node: Node): boolean {
  return isNodeReady(node) && !(node.spec?.taints ?? []).some(({ key }) => key === notReadyKey)
}

/** Changes what neither labels nor taints tell of a node. */
async function changePart(world: ConformanceWorld, name: string, part: NodePart): Promise<void> {
  switch (part) {
    case 'addresses':
      return await patchNodeStatus(world, name, {
        addresses: [{ type: 'ExternalIP', address: '203.0.113.7' }],
      })
    case 'annotation':
      return await patchNode(world, name, {
        metadata: { annotations: { 'example.com/seen': 'yes' } },
      })
    case 'capacity':
      return await patchNodeStatus(world, name, { capacity: { 'example.com/gpu': '1' } })
    case 'condition':
      return await world.cluster.nodes.setCondition(name, 'KernelDeadlock', 'True')
  }
}

async function patchNodeStatus(
  world: ConformanceWorld,
  name: string,
  status: object,
): Promise<void> {
  const patch = { type: 'strategic', body: { status } } as const
  await world.client.patch('Node', { name }, patch, { subresource: 'status' })
}

async function patchNode(world: ConformanceWorld, name: string, body: object): Promise<void> {
  await world.client.patch('Node', { name }, { type: 'strategic', body })
}

/**
 * Taints are one value: a change writes all of them, as long as nobody else has written in between.
 *
 * The node lifecycle controller writes taints as well, so a conflict is no answer of the cluster to the scenario:
 * the change is made again on what is there by then.
 */
async function changeTaints(
  world: ConformanceWorld,
  name: string,
  change: (taints: readonly Taint[]) => readonly Taint[],
): Promise<void> {
  const write = async (): Promise<boolean> => {
    const node = await world.find('Node', name)
    const { resourceVersion } = node?.metadata ?? {}
    const taints = change(node?.spec?.taints ?? [])
    await patchNode(world, name, { metadata: { resourceVersion }, spec: { taints } })
    return true
  }
  await world.cluster.eventually(`the taints of ${name} are written`, write, Boolean)
}

async function expectTaint(
  world: ConformanceWorld,
  node: string,
  text: string,
  options: { readonly withinSeconds?: number } = {},
): Promise<void> {
  const wanted = withoutTime(taintOf(text))
  await world
    .eventually(
      `the taints of ${node}, with ${text}`,
      async () => (await world.find('Node', node))?.spec?.taints?.map(withoutTime) ?? [],
      options,
    )
    .toMeet((taints) => taints.some((taint) => semanticallyEqual(taint, wanted)))
}

function withoutTime({ key, value, effect }: Taint): Taint {
  return { key, effect, ...(value === undefined || value === '' ? {} : { value }) }
}
