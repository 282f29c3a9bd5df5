import assert from 'node:assert/strict'
import type { ControllerRevision } from '../../src/kubernetes/types'
import { fieldAt } from './fields'
import type { ConformanceWorld } from './world'

/** Rolls the image out and back again, and tells the revision that it was given. */
export async function tryTemplate(
  world: ConformanceWorld,
  name: string,
  image: string,
): Promise<ControllerRevision> {
  const original = (await currentRevision(world, name)).data
  const [container] = (await world.daemonSet(name)).spec.template.spec?.containers ?? []
  const containers = [{ name: container?.name, image }]
  for (const body of [{ spec: { template: { spec: { containers } } } }, original ?? {}]) {
    await world.client.patch('DaemonSet', world.key(name), { type: 'strategic', body })
    await world
      .eventually(`the rollout of ${name}`, () => world.daemonSet(name))
      .toMeet(
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation &&
          status.updatedNumberScheduled === status.desiredNumberScheduled &&
          status.numberAvailable === status.desiredNumberScheduled,
      )
  }
  const revisions = await world.revisionsOf(name)
  const revision = revisions.find((each) => imageOf(each) === image)
  assert(revision, `there is a revision of the image ${image}`)
  return revision
}

/** The newest revision that the DaemonSet controls. */
export async function currentRevision(
  world: ConformanceWorld,
  name: string,
): Promise<ControllerRevision> {
  const revision = (await world.revisionsOf(name)).at(-1)
  assert(revision, `DaemonSet ${name} has a revision`)
  return revision
}

/** The image of the first container in the template that the revision keeps. */
export function imageOf({ data }: ControllerRevision): unknown {
  return fieldAt(data, 'spec.template.spec.containers[0].image')
}
