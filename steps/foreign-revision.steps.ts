import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { controllerRevisionHashLabel } from '../src/kubernetes/pods'
import type { ControllerRevision } from '../src/kubernetes/types'
import { withField } from './support/fields'
import { labelsOf } from './support/kubernetes-text'
import { currentRevision, tryTemplate } from './support/revisions'
import type { ConformanceWorld } from './support/world'

Given(
  'somebody else has made the revision of the image {string}',
  async function (this: ConformanceWorld, image: string) {
    const [daemonSet] = await this.list('DaemonSet')
    assert(daemonSet, 'the scenario has a DaemonSet')
    const revision = await tryTemplate(this, daemonSet.metadata.name, image)
    const { name, labels } = revision.metadata
    // With labels that do not fit it is nobody's, and is not adopted either.
    await replaceRevision(this, revision, { name, labels: { ...labels, ...labelsOf('app=other') } })
  },
)

Given(
  'the revision of {string} was written by an older release',
  async function (this: ConformanceWorld, daemonSet: string) {
    const [revision] = await this.list('ControllerRevision', `app=${daemonSet}`)
    assert(revision, `there is a revision of ${daemonSet}`)
    const { name, labels = {} } = revision.metadata
    const data = withField(revision.data ?? {}, 'spec.template.metadata', {
      ...labelsAndNoTime(daemonSet),
    })
    // Other releases hash other fields, so its name is another one as well.
    const hash = 'older'
    await this.client.delete('ControllerRevision', this.key(name))
    await createRevision(this, { ...revision, data }, `${daemonSet}-${hash}`, {
      ...labels,
      [controllerRevisionHashLabel]: hash,
    })
  },
)

When(
  'the label {string} is removed from the current revision of {string}',
  async function (this: ConformanceWorld, label: string, daemonSet: string) {
    const { metadata } = await currentRevision(this, daemonSet)
    const body = { metadata: { labels: { [label]: null } } }
    await this.client.patch('ControllerRevision', this.key(metadata.name), { type: 'merge', body })
  },
)

Then(
  'the current revision of {string} has its own name as hash',
  async function (this: ConformanceWorld, daemonSet: string) {
    await this.eventually(`the hash of the current revision of ${daemonSet}`, async () => {
      const { metadata } = await currentRevision(this, daemonSet)
      return metadata.labels?.[controllerRevisionHashLabel] === metadata.name
    }).toEqual(true)
  },
)

Then(
  'the hashes of the revisions of {string} are {int} different words of {string} with at most {int} letters',
  async function (
    this: ConformanceWorld,
    daemonSet: string,
    count: number,
    letters: string,
    most: number,
  ) {
    const hashes = (await this.revisionsOf(daemonSet)).map(hashOf)
    assert.equal(new Set(hashes).size, count)
    for (const hash of hashes) assert.match(hash, new RegExp(`^[${letters}]{1,${most}}$`))
  },
)

Then(
  'no revision of {string} has the label {string}',
  async function (this: ConformanceWorld, daemonSet: string, label: string) {
    const revisions = await this.revisionsOf(daemonSet)
    assert(revisions.length > 0, `DaemonSet ${daemonSet} has revisions`)
    for (const { metadata } of revisions) assert.equal(metadata.labels?.[label], undefined)
  },
)

function labelsAndNoTime(daemonSet: string): object {
  return { creationTimestamp: null, labels: labelsOf(`app=${daemonSet}`) }
}

/** Puts a revision of the same name and data in the place of one. */
async function replaceRevision(
  world: ConformanceWorld,
  revision: ControllerRevision,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): Promise<void> {
  await world.client.delete('ControllerRevision', world.key(name))
  await createRevision(world, revision, name, labels)
}

async function createRevision(
  world: ConformanceWorld,
  { data, revision }: ControllerRevision,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await world.client.create('ControllerRevision', {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace: world.namespace, labels },
    data,
    revision,
  })
}

function hashOf({ metadata }: ControllerRevision): string {
  return metadata.labels?.[controllerRevisionHashLabel] ?? ''
}
