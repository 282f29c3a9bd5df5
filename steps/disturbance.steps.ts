import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import { isPodReady } from '../src/kubernetes/conditions'
import { targetNodeNameOf } from '../src/kubernetes/node-affinity'
import type { Pod } from '../src/kubernetes/types'
import { formerPods, imageOf, imagesOf, keyOfPod, wasThereBefore } from './support/daemon-pods'
import { daemonSetPatch } from './support/daemonset-draft'
import { isTerminating } from './support/pod-history'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

When(
  'the image of {string} changes to {string} while daemon pods are deleted and become unready',
  async function (this: ConformanceWorld, name: string, image: string) {
    await this.client.patch('DaemonSet', this.key(name), {
      type: 'strategic',
      body: daemonSetPatch(await this.daemonSet(name), { image }),
    })
    await this.eventually(`the images of the daemon pods of ${name}`, () =>
      imagesOf(this, name),
    ).toMeet((images) => images.includes(image))
    const isOld = (pod: Pod) => imageOf(pod) !== image && !isTerminating(pod)
    const [unready, ...others] = (await this.daemonPodsOf(name)).filter(isOld)
    const deleted = others.at(-1)
    assert(unready !== undefined && deleted !== undefined, 'several old daemon pods are there')
    this.cluster.nodes.failReadiness(keyOfPod(unready))
    await this.client.delete('Pod', this.key(deleted.metadata.name))
  },
)

When(
  'the image of {string} changes to {string}, and one of {int} successors and an old pod alone become unready',
  async function (this: ConformanceWorld, name: string, image: string, count: number) {
    const body = daemonSetPatch(await this.daemonSet(name), { image })
    await this.client.patch('DaemonSet', this.key(name), { type: 'strategic', body })
    const successors = await this.eventually(`the successors of daemon pods of ${name}`, async () =>
      (await this.daemonPodsOf(name)).filter((pod) => imageOf(pod) === image && isPodReady(pod)),
    ).toMeet(({ length }) => length === count)
    const doubled = new Set(successors.map(targetNodeNameOf))
    const pods = await this.daemonPodsOf(name)
    const alone = pods.find((pod) => !doubled.has(targetNodeNameOf(pod)))
    const [successor] = successors
    assert(alone !== undefined && successor !== undefined, 'not every node has a successor yet')
    this.cluster.nodes.failReadiness(keyOfPod(successor))
    this.cluster.nodes.failReadiness(keyOfPod(alone))
  },
)

Then(
  'the daemon pod(s) of {string} on {string} that was/were there before is/are still there',
  async function (this: ConformanceWorld, daemonSet: string, node: string) {
    await this.eventually(
      `the former daemon pods of ${daemonSet} on ${node}`,
      async () =>
        (await formerPods(this, daemonSet, node)).filter((pod) => !isTerminating(pod)).length,
    ).toEqual(
      daemonPodsAmong(this.before.pods, daemonSet).filter((pod) => targetNodeNameOf(pod) === node)
        .length,
    )
  },
)

Then(
  'no daemon pod of {string} with the image {string} was there before',
  async function (this: ConformanceWorld, daemonSet: string, image: string) {
    await this.eventually(`the daemon pods of ${daemonSet} with the image ${image}`, async () =>
      (await this.daemonPodsOf(daemonSet)).filter(
        (pod) => imageOf(pod) === image && wasThereBefore(this, pod),
      ),
    ).toEqual([])
  },
)
