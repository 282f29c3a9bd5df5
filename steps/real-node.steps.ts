import { Given, Then, When } from '@cucumber/cucumber'
import { isNodeReady, isPodReady } from '../src/kubernetes/conditions'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import type { Pod } from '../src/kubernetes/types'
import { expectAvailable } from './support/daemon-pods'
import { containerName } from './support/daemonset-draft'
import type { NodeNames } from './support/node-names'
import { isTerminating } from './support/pod-history'
import type { ConformanceWorld } from './support/world'

/** How long a control plane may take to notice that a node is gone: it waits for 40 seconds itself. */
const lossSeconds = 90

/** How long containers may take to end: the grace period of their pods. */
const endSeconds = 60

Given('a cluster with real nodes', async function (this: ConformanceWorld) {
  const { names } = this.cluster.realNodes
  for (const name of names) this.nodeNames.add(name)
  await this.eventually('the nodes are ready', async () => {
    const { items } = await this.client.list('Node')
    return items.filter(isNodeReady).map(({ metadata }) => metadata.name)
  }).toMeet((ready) => names.every((name) => ready.includes(name)))
})

When(
  'the machine of {string} is/was switched off',
  async function (this: ConformanceWorld, node: string) {
    await this.cluster.realNodes.switchOff(node)
    if (this.part !== 'given') return
    await this.eventually(
      `node ${node} is lost`,
      async () => {
        const found = await this.find('Node', node)
        return found !== undefined && isNodeReady(found)
      },
      { withinSeconds: lossSeconds },
    ).toEqual(false)
  },
)

When(
  'the machine of {string} is switched on',
  async function (this: ConformanceWorld, node: string) {
    await this.cluster.realNodes.switchOn(node)
  },
)

When(
  'the process of the daemon pod of {string} on {string} is killed',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const [pod] = await this.daemonPodsOn(daemonSet, node)
    if (pod === undefined) throw new Error(`${daemonSet} has no daemon pod on ${node}`)
    await this.cluster.realNodes.kill(pod, containerName)
  },
)

Then(
  'the container runtime of every node runs the daemon pod of {string} there',
  async function (this: ConformanceWorld, daemonSet: string) {
    await this.eventually(
      `the daemon pods of ${daemonSet} and what runs on their nodes`,
      async () => {
        const pods = (await this.daemonPodsOf(daemonSet)).filter((pod) => !isTerminating(pod))
        const uids = (node: string) => uidsOf(pods.filter((pod) => targetNodeNameOf(pod) === node))
        const known = uidsOf([...pods, ...this.before.pods])
        const nodes = [...this.nodeNames]
        return await Promise.all(
          nodes.map(async (node) => {
            const running = await this.cluster.realNodes.runningPodsOn(node)
            // Pods of other scenarios may still be ending.
            return { node, runs: running.filter((uid) => known.includes(uid)), wanted: uids(node) }
          }),
        )
      },
      { withinSeconds: endSeconds },
    ).toMeet((nodes) =>
      nodes.every(({ runs, wanted }) => wanted.length === 1 && `${runs}` === `${wanted}`),
    )
  },
)

Then(
  'no container runtime runs a daemon pod that was there before',
  async function (this: ConformanceWorld) {
    const former = uidsOf(this.before.pods)
    await this.eventually(
      'the former daemon pods that still run',
      async () => {
        const nodes = [...this.nodeNames]
        const running = await Promise.all(
          nodes.map((node) => this.cluster.realNodes.runningPodsOn(node)),
        )
        return running.flat().filter((uid) => former.includes(uid))
      },
      { withinSeconds: endSeconds },
    ).toEqual([])
  },
)

Then(
  'the log of every daemon pod of {string} says {string}',
  async function (this: ConformanceWorld, daemonSet: string, text: string) {
    await this.eventually(`the logs of the daemon pods of ${daemonSet}`, async () => {
      const pods = await this.daemonPodsOf(daemonSet)
      return await Promise.all(pods.map((pod) => this.cluster.realNodes.log(pod, containerName)))
    }).toMeet((logs) => logs.length > 0 && logs.every((log) => log.includes(text)))
  },
)

Then(
  '{int} daemon pod(s) of {string} wait(s) as {string}',
  async function (this: ConformanceWorld, count: number, daemonSet: string, reason: string) {
    await this.eventually(`what the daemon pods of ${daemonSet} wait for`, async () =>
      (await this.daemonPodsOf(daemonSet)).flatMap(
        ({ status }) => status.containerStatuses?.[0]?.state?.waiting?.reason ?? [],
      ),
    ).toEqual(Array.from({ length: count }, () => reason))
  },
)

Then(
  'no container of a daemon pod of {string} has restarted',
  async function (this: ConformanceWorld, daemonSet: string) {
    await this.eventually(`restarts of the daemon pods of ${daemonSet}`, async () =>
      (await this.daemonPodsOf(daemonSet)).map(
        ({ status }) => status.containerStatuses?.[0]?.restartCount,
      ),
    ).toMeet((counts) => counts.every((count) => count === 0))
  },
)

Then(
  'the daemon pod of {string} on {string} is not ready within {int} seconds',
  async function (this: ConformanceWorld, daemonSet: string, node: string, withinSeconds: number) {
    await this.eventually(
      `readiness of the daemon pods of ${daemonSet} on ${node}`,
      async () => (await this.daemonPodsOn(daemonSet, node)).map(isPodReady),
      { withinSeconds },
    ).toEqual([false])
  },
)

Then(
  '{string} is available on exactly {names} within {int} seconds',
  async function (
    this: ConformanceWorld,
    daemonSet: string,
    nodes: NodeNames,
    withinSeconds: number,
  ) {
    await expectAvailable(this, daemonSet, nodes, { withinSeconds })
  },
)

function uidsOf(pods: readonly Pod[]): readonly string[] {
  return pods.map(({ metadata }) => metadata.uid)
}
