import { Given, When } from '@cucumber/cucumber'
import { conditionOf, isPodReady } from '../src/kubernetes/conditions'
import type { Pod } from '../src/kubernetes/types'
import { imageOf, keyOfPod } from './support/daemon-pods'
import { containerName } from './support/daemonset-draft'
import { labelsOf } from './support/kubernetes-text'
import { isTerminating } from './support/pod-history'
import type { ConformanceWorld } from './support/world'

Given(
  'the daemon pods of {string} have been ready for {int} seconds',
  async function (this: ConformanceWorld, daemonSet: string, seconds: number) {
    const pods = await this.daemonPodsOf(daemonSet)
    const since = Math.max(...pods.map(readyAtOf))
    const missing = since / 1000 + seconds - this.cluster.clock.now() / 1000
    if (missing > 0) await this.cluster.elapse(missing)
  },
)

When(
  'the daemon pod of {string} on {string} is deleted',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const { metadata } = await runningPod(this, daemonSet, node)
    await this.client.delete('Pod', this.key(metadata.name))
  },
)

Given(
  'the daemon pod of {string} on {string} was deleted and replaced',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const { metadata } = await runningPod(this, daemonSet, node)
    await this.client.delete('Pod', this.key(metadata.name))
    await runningPod(this, daemonSet, node, new Set([metadata.uid]))
  },
)

Given(
  'the daemon pod of {string} on {string} was deleted and terminates',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const { metadata } = await runningPod(this, daemonSet, node)
    await this.client.delete('Pod', this.key(metadata.name))
    await expectTerminating(this, daemonSet, node)
  },
)

Given(
  'the daemon pod of {string} on {string} was deleted and runs the image {string}',
  async function (this: ConformanceWorld, daemonSet: string, node: string, image: string) {
    const { metadata } = await runningPod(this, daemonSet, node)
    await this.client.delete('Pod', this.key(metadata.name))
    await this.eventually(`the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map(
        (pod) => `${pod.status.phase} ${imageOf(pod)}`,
      ),
    ).toEqual([`Running ${image}`])
  },
)

Given(
  'the daemon pod of {string} on {string} began to terminate',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await expectTerminating(this, daemonSet, node)
  },
)

Given(
  '{int} of the daemon pods of {string} were deleted and replaced',
  async function (this: ConformanceWorld, count: number, daemonSet: string) {
    const pods = await this.daemonPodsOf(daemonSet)
    const deleted = pods.slice(0, count).map(({ metadata }) => metadata)
    await Promise.all(deleted.map(({ name }) => this.client.delete('Pod', this.key(name))))
    const uids = new Set(deleted.map(({ uid }) => uid))
    await this.eventually(`daemon pods of ${daemonSet} that are to be replaced`, async () => {
      const now = await this.daemonPodsOf(daemonSet)
      const isStarted = ({ metadata, status }: Pod) =>
        !uids.has(metadata.uid) && status.phase === 'Running'
      return pods.length - now.filter(isStarted).length
    }).toEqual(0)
  },
)

Given(
  '{int} daemon pods of {string} with the image {string} became unready',
  async function (this: ConformanceWorld, count: number, daemonSet: string, image: string) {
    const pods = (await this.daemonPodsOf(daemonSet)).filter((pod) => imageOf(pod) === image)
    const ready = (await this.daemonSet(daemonSet)).status.numberReady
    for (const pod of pods.slice(0, count)) this.cluster.nodes.failReadiness(keyOfPod(pod))
    await this.eventually(
      `the ready daemon pods of ${daemonSet}`,
      async () => (await this.daemonSet(daemonSet)).status.numberReady,
    ).toEqual(ready - count)
  },
)

When(
  'all daemon pods of {string} are deleted',
  async function (this: ConformanceWorld, daemonSet: string) {
    for (const { metadata } of await this.daemonPodsOf(daemonSet)) {
      await this.client.delete('Pod', this.key(metadata.name))
    }
  },
)

When(
  'the daemon pod of {string} on {string} fails',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const pod = await runningPod(this, daemonSet, node)
    this.cluster.nodes.failPod(keyOfPod(pod))
  },
)

When(
  'the daemon pod of {string} on {string} fails/failed {int} times',
  async function (this: ConformanceWorld, daemonSet: string, node: string, times: number) {
    const failed = new Set<string>()
    for (let time = 0; time < times; time++) {
      const pod = await runningPod(this, daemonSet, node, failed)
      failed.add(pod.metadata.uid)
      this.cluster.nodes.failPod(keyOfPod(pod))
    }
    if (this.part === 'given') await runningPod(this, daemonSet, node, failed)
  },
)

When(
  'the daemon pod of {string} on {string} succeeds',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const pod = await runningPod(this, daemonSet, node)
    this.cluster.nodes.completePod(keyOfPod(pod))
  },
)

When(
  'the kubelet of {string} evicts the daemon pod of {string}',
  async function (this: ConformanceWorld, node: string, daemonSet: string) {
    const pod = await runningPod(this, daemonSet, node)
    this.cluster.nodes.evict(keyOfPod(pod), 'memory')
  },
)

When(
  'the container of the daemon pod of {string} on {string} exits with {int}',
  async function (this: ConformanceWorld, daemonSet: string, node: string, exitCode: number) {
    const pod = await runningPod(this, daemonSet, node)
    this.cluster.nodes.exitContainer(keyOfPod(pod), containerName, exitCode)
  },
)

When(
  'the daemon pod of {string} on {string} becomes/became unready',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const pod = await runningPod(this, daemonSet, node)
    this.cluster.nodes.failReadiness(keyOfPod(pod))
    if (this.part === 'given') await expectCounted(this, daemonSet, node)
  },
)

When(
  'the daemon pod of {string} on {string} becomes ready',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    const [pod] = await this.daemonPodsOn(daemonSet, node)
    if (pod !== undefined) this.cluster.nodes.restoreReadiness(keyOfPod(pod))
  },
)

When(
  'the label {string} is added to the daemon pod of {string} on {string}',
  async function (this: ConformanceWorld, label: string, daemonSet: string, node: string) {
    const { metadata } = await runningPod(this, daemonSet, node)
    const body = { metadata: { labels: labelsOf(label) } }
    await this.client.patch('Pod', this.key(metadata.name), { type: 'merge', body })
  },
)

function readyAtOf({ status }: Pod): number {
  return Date.parse(conditionOf(status.conditions, 'Ready')?.lastTransitionTime ?? '')
}

/** The one daemon pod that is ready on the node, other than those of the given uids. */
async function runningPod(
  world: ConformanceWorld,
  daemonSet: string,
  node: string,
  others: ReadonlySet<string> = new Set(),
): Promise<Pod> {
  const [pod] = await world
    .eventually(`the running daemon pods of ${daemonSet} on ${node}`, async () =>
      (await world.daemonPodsOn(daemonSet, node)).filter(
        (pod) => isPodReady(pod) && !isTerminating(pod) && !others.has(pod.metadata.uid),
      ),
    )
    .toMeet((pods) => pods.length === 1)
  if (pod === undefined) throw new Error('unreachable: one pod was waited for')
  return pod
}

/** A pod that is unready before something else happens has been noticed by the DaemonSet controller. */
async function expectCounted(
  world: ConformanceWorld,
  daemonSet: string,
  node: string,
): Promise<void> {
  await world
    .eventually(
      `daemon pods of ${daemonSet} that are ready, and what its status says`,
      async () => {
        const pods = await world.daemonPodsOf(daemonSet)
        const [pod] = await world.daemonPodsOn(daemonSet, node)
        return {
          isUnready: pod !== undefined && !isPodReady(pod),
          readyPods: pods.filter(isPodReady).length,
          numberReady: (await world.daemonSet(daemonSet)).status.numberReady,
        }
      },
    )
    .toMeet(({ isUnready, readyPods, numberReady }) => isUnready && readyPods === numberReady)
}

async function expectTerminating(
  world: ConformanceWorld,
  daemonSet: string,
  node: string,
): Promise<void> {
  await world
    .eventually(`the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await world.daemonPodsOn(daemonSet, node)).map(isTerminating),
    )
    .toMeet((terminating) => terminating.includes(true))
}
