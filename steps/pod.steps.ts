import { Given, Then, When } from '@cucumber/cucumber'
import { conditionOf, isPodReady, isPodTerminal } from '../src/kubernetes/conditions'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import { controllerOf } from '../src/kubernetes/owner-references'
import type { Draft } from '../src/kubernetes/types'
import {
  expectAvailable,
  expectPlaced,
  formerPods,
  imageOf,
  imagesOf,
  wasThereBefore,
} from './support/daemon-pods'
import { containerName } from './support/daemonset-draft'
import { labelsOf } from './support/kubernetes-text'
import type { NodeNames } from './support/node-names'
import { isGone, isTerminating } from './support/pod-history'
import type { ConformanceWorld } from './support/world'

Given(
  'the pod {string} labelled {string} runs on {string}',
  async function (this: ConformanceWorld, name: string, labels: string, node: string) {
    await createPod(this, { name, node, labels: labelsOf(labels) })
    await this.eventually(`pod ${name} is ready`, () => this.find('Pod', name)).toMeet(
      (pod) => pod !== undefined && isPodReady(pod),
    )
  },
)

When(
  'the pod {string} with the labels of {string} is created on {string}',
  async function (this: ConformanceWorld, name: string, daemonSet: string, node: string) {
    const { template } = (await this.daemonSet(daemonSet)).spec
    await createPod(this, { name, node, labels: template.metadata?.labels ?? {} })
  },
)

Then(
  '{string} has daemon pods on exactly {names}',
  async function (this: ConformanceWorld, daemonSet: string, nodes: NodeNames) {
    await expectPlaced(this, daemonSet, nodes)
  },
)

Then(
  '{string} is available on exactly {names}',
  async function (this: ConformanceWorld, daemonSet: string, nodes: NodeNames) {
    await expectAvailable(this, daemonSet, nodes)
  },
)

Then(
  '{string} has {int} daemon pod(s)',
  async function (this: ConformanceWorld, daemonSet: string, count: number) {
    await this.eventually(
      `the number of daemon pods of ${daemonSet}`,
      async () => (await this.daemonPodsOf(daemonSet)).length,
    ).toEqual(count)
  },
)

Then(
  '{int} daemon pod(s) of {string} run(s) the image {string}',
  async function (this: ConformanceWorld, count: number, daemonSet: string, image: string) {
    await this.eventually(`the images of the daemon pods of ${daemonSet}`, () =>
      imagesOf(this, daemonSet),
    ).toMeet((images) => images.filter((found) => found === image).length === count)
  },
)

Then(
  'no daemon pod of {string} runs the image {string}',
  async function (this: ConformanceWorld, daemonSet: string, image: string) {
    await this.eventually(`the images of the daemon pods of ${daemonSet}`, () =>
      imagesOf(this, daemonSet),
    ).toMeet((images) => !images.includes(image))
  },
)

Then(
  'the daemon pod(s) of {string} on {names} run(s) the image {string}',
  async function (this: ConformanceWorld, daemonSet: string, names: NodeNames, image: string) {
    const nodes = this.resolve(names)
    await this.eventually(`the images of the daemon pods of ${daemonSet}`, async () =>
      (await this.daemonPodsOf(daemonSet))
        .filter((pod) => nodes.includes(targetNodeNameOf(pod) ?? ''))
        .map((pod) => `${imageOf(pod)}${isTerminating(pod) ? ' (terminating)' : ''}`),
    ).toEqual(nodes.map(() => image))
  },
)

Then(
  'the daemon pods of {string} on {names} are the same as before',
  async function (this: ConformanceWorld, daemonSet: string, names: NodeNames) {
    const nodes = this.resolve(names)
    const before = this.before.pods.filter((pod) => nodes.includes(targetNodeNameOf(pod) ?? ''))
    await this.eventually(`the daemon pods of ${daemonSet} on ${nodes.join(', ')}`, async () =>
      (await this.daemonPodsOf(daemonSet))
        .filter((pod) => nodes.includes(targetNodeNameOf(pod) ?? ''))
        .map((pod) => ({
          node: targetNodeNameOf(pod),
          isSame: before.some(({ metadata }) => metadata.uid === pod.metadata.uid),
          isTerminating: isTerminating(pod),
        })),
    ).toEqual(nodes.map((node) => ({ node, isSame: true, isTerminating: false })))
  },
)

Then(
  'the daemon pod of {string} on {string} is a new one',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(`the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map((pod) => ({
        isNew: !wasThereBefore(this, pod),
        isReady: isPodReady(pod),
      })),
    ).toEqual([{ isNew: true, isReady: true }])
  },
)

Then(
  'the daemon pod of {string} on {string} disappears within {int} seconds',
  async function (this: ConformanceWorld, daemonSet: string, node: string, seconds: number) {
    await this.eventually(
      `the daemon pods of ${daemonSet} on ${node}`,
      async () => (await this.daemonPodsOn(daemonSet, node)).map(({ metadata }) => metadata.name),
      { withinSeconds: seconds },
    ).toEqual([])
  },
)

Then('the pod {string} disappears', async function (this: ConformanceWorld, name: string) {
  await this.eventually(
    `pod ${name}`,
    async () => (await this.find('Pod', name))?.metadata.name,
  ).toEqual(undefined)
})

Then(
  'the daemon pod of {string} on {string} is pending as {string}',
  async function (this: ConformanceWorld, daemonSet: string, node: string, reason: string) {
    await this.eventually(`the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map(({ spec, status }) => ({
        boundTo: spec.nodeName ?? '',
        phase: status.phase,
        reason: conditionOf(status.conditions, 'PodScheduled')?.reason,
      })),
    ).toEqual([{ boundTo: '', phase: 'Pending', reason }])
  },
)

Then(
  'the daemon pod of {string} on {string} is not ready',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(`readiness of the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map(isPodReady),
    ).toEqual([false])
  },
)

Then(
  'the daemon pod of {string} on {string} is terminating',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(`the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map(isTerminating),
    ).toEqual([true])
  },
)

Then(
  'the daemon pod of {string} on {string} that was there before is terminating',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(`the former daemon pods of ${daemonSet} on ${node}`, async () =>
      (await formerPods(this, daemonSet, node)).map((pod) => ({
        isTerminating: isTerminating(pod),
        hasEnded: isPodTerminal(pod),
      })),
    ).toEqual([{ isTerminating: true, hasEnded: false }])
  },
)

Then(
  'the daemon pod of {string} on {string} that was there before has ended and is terminating',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(`the former daemon pods of ${daemonSet} on ${node}`, async () =>
      (await formerPods(this, daemonSet, node)).map(isGone),
    ).toEqual([true])
  },
)

Then(
  'the daemon pod of {string} on {string} has restarted {int} time(s)',
  async function (this: ConformanceWorld, daemonSet: string, node: string, count: number) {
    await this.eventually(`restarts of the daemon pods of ${daemonSet} on ${node}`, async () =>
      (await this.daemonPodsOn(daemonSet, node)).map(
        ({ status }) => status.containerStatuses?.[0]?.restartCount,
      ),
    ).toEqual([count])
  },
)

Then(
  'the pod {string} is controlled by {string}',
  async function (this: ConformanceWorld, name: string, daemonSet: string) {
    const { metadata } = await this.daemonSet(daemonSet)
    await this.eventually(`the controller of pod ${name}`, async () => {
      const pod = await this.find('Pod', name)
      return pod && controllerOf(pod)?.uid
    }).toEqual(metadata.uid)
  },
)

Then(
  'the pod {string} is controlled by nobody',
  async function (this: ConformanceWorld, name: string) {
    await this.eventually(`the owners of pod ${name}`, async () => {
      const pod = await this.find('Pod', name)
      return pod && (pod.metadata.ownerReferences ?? [])
    }).toEqual([])
  },
)

Then(
  'the pod that was relabelled still runs and is controlled by nobody',
  async function (this: ConformanceWorld) {
    await this.eventually('the pods that nobody controls', () => this.list('Pod')).toMeet((pods) =>
      pods.some(
        (pod) => wasThereBefore(this, pod) && isPodReady(pod) && controllerOf(pod) === undefined,
      ),
    )
  },
)

Then('no pod labelled {string} is left', async function (this: ConformanceWorld, labels: string) {
  await this.eventually(`the pods labelled ${labels}`, async () =>
    (await this.list('Pod', labels)).map(({ metadata }) => metadata.name),
  ).toEqual([])
})

Then(
  '{int} running pods labelled {string} are controlled by nobody',
  async function (this: ConformanceWorld, count: number, labels: string) {
    await this.eventually(`the pods labelled ${labels} and their owners`, async () =>
      (await this.list('Pod', labels)).map((pod) => ({
        owners: pod.metadata.ownerReferences?.length ?? 0,
        isReady: isPodReady(pod),
      })),
    ).toEqual(Array.from({ length: count }, () => ({ owners: 0, isReady: true })))
  },
)

interface PodText {
  readonly name: string
  readonly node: string
  readonly labels: Readonly<Record<string, string>>
}

/** A pod that nobody controls, bound to a node without the scheduler. */
async function createPod(world: ConformanceWorld, { name, node, labels }: PodText): Promise<void> {
  const draft: Draft = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: world.namespace, labels },
    spec: { nodeName: node, containers: [{ name: containerName, image: `${name}:v1` }] },
  }
  await world.client.create('Pod', draft)
}
