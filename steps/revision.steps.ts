import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { controllerRevisionHashLabel } from '../src/kubernetes/pods'
import type { ControllerRevision, Draft } from '../src/kubernetes/types'
import { fieldAt } from './support/fields'
import { labelsOf } from './support/kubernetes-text'
import { currentRevision, imageOf, tryTemplate } from './support/revisions'
import type { ConformanceWorld } from './support/world'

Then(
  'the revisions of {string} are',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const expected = table.hashes().map(({ revision, image }) => `${revision}: ${image}`)
    await this.eventually(`the revisions of DaemonSet ${name}`, async () =>
      (await this.revisionsOf(name)).map((each) => `${each.revision}: ${imageOf(each)}`),
    ).toEqual(expected)
  },
)

Then(
  'the change causes of the revisions of {string} are',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const expected = table.hashes().map(({ revision, cause }) => `${revision}: ${cause}`)
    await this.eventually(`the change causes of the revisions of ${name}`, async () =>
      (await this.revisionsOf(name)).map(
        ({ revision, metadata }) =>
          `${revision}: ${metadata.annotations?.['kubernetes.io/change-cause']}`,
      ),
    ).toEqual(expected)
  },
)

Then(
  '{string} has exactly the revisions {numbers}',
  async function (this: ConformanceWorld, name: string, numbers: number[]) {
    await this.eventually(`the numbers of the revisions of ${name}`, async () =>
      (await this.revisionsOf(name)).map(({ revision }) => revision),
    ).toEqual(numbers)
  },
)

Then(
  '{string} has {int} revision(s)',
  async function (this: ConformanceWorld, name: string, count: number) {
    await this.eventually(
      `the number of revisions of ${name}`,
      async () => (await this.revisionsOf(name)).length,
    ).toEqual(count)
  },
)

Then(
  'every revision of {string} holds the whole template and nothing else, as a patch',
  async function (this: ConformanceWorld, name: string) {
    const { template } = (await this.daemonSet(name)).spec
    for (const { data } of await this.revisionsOf(name)) {
      const { $patch, metadata, ...rest } = templateIn(data)
      assert.equal($patch, 'replace')
      assert.deepEqual(Object.keys(data ?? {}), ['spec'])
      assert.deepEqual(Object.keys(fieldAt(data, 'spec') ?? {}), ['template'])
      assert.deepEqual(rest, { spec: template.spec })
      // Older API servers write the unset creation time of a template.
      const { creationTimestamp: _, ...ownMetadata } = (metadata ?? {}) as Record<string, unknown>
      const { creationTimestamp: __, ...wanted } = template.metadata ?? {}
      assert.deepEqual(ownMetadata, wanted)
    }
  },
)

Then(
  'every revision of {string} is named after the DaemonSet and its hash',
  async function (this: ConformanceWorld, name: string) {
    const revisions = await this.revisionsOf(name)
    assert(revisions.length > 0, `DaemonSet ${name} has revisions`)
    for (const revision of revisions) {
      assert.equal(revision.metadata.name, `${name}-${hashOf(revision)}`)
    }
  },
)

Then(
  'every revision of {string} has the label {string}',
  async function (this: ConformanceWorld, name: string, text: string) {
    await this.eventually(`the labels of the revisions of ${name}`, async () =>
      (await this.revisionsOf(name)).map(({ metadata }) => metadata.labels ?? {}),
    ).toMeet(
      (all) =>
        all.length > 0 &&
        all.every((labels) =>
          Object.entries(labelsOf(text)).every(([key, value]) => labels[key] === value),
        ),
    )
  },
)

Then(
  'the current revision of {string} has the name of revision {int} before',
  async function (this: ConformanceWorld, name: string, number: number) {
    const former = this.before.revisions.find(({ revision }) => revision === number)
    assert(former, `revision ${number} was there before`)
    await this.eventually(
      `the name of the current revision of ${name}`,
      async () => (await this.revisionsOf(name)).at(-1)?.metadata.name,
    ).toEqual(former.metadata.name)
  },
)

Then(
  'the current revision of {string} has the same name and another uid',
  async function (this: ConformanceWorld, name: string) {
    const former = this.before.revisions.at(-1)?.metadata
    await this.eventually(`the current revision of ${name}`, async () => {
      const current = (await this.revisionsOf(name)).at(-1)?.metadata
      return { name: current?.name, isNew: current !== undefined && current.uid !== former?.uid }
    }).toEqual({ name: former?.name, isNew: true })
  },
)

Then(
  'no ControllerRevision labelled {string} is left',
  async function (this: ConformanceWorld, labels: string) {
    await this.eventually(`the ControllerRevisions labelled ${labels}`, async () =>
      (await this.list('ControllerRevision', labels)).map(({ metadata }) => metadata.name),
    ).toEqual([])
  },
)

Then(
  '{int} ControllerRevision(s) labelled {string} is/are controlled by nobody',
  async function (this: ConformanceWorld, count: number, labels: string) {
    await this.eventually(`the owners of the ControllerRevisions labelled ${labels}`, async () =>
      (await this.list('ControllerRevision', labels)).map(
        ({ metadata }) => metadata.ownerReferences?.length ?? 0,
      ),
    ).toEqual(Array.from({ length: count }, () => 0))
  },
)

When(
  '{string} is rolled back to revision {int}',
  async function (this: ConformanceWorld, name: string, number: number) {
    const revisions = await this.revisionsOf(name)
    const data = revisions.find(({ revision }) => revision === number)?.data
    assert(data, `DaemonSet ${name} has a revision ${number}`)
    await this.client.patch('DaemonSet', this.key(name), { type: 'strategic', body: data })
  },
)

When(
  'the current revision of {string} is deleted',
  async function (this: ConformanceWorld, name: string) {
    const { metadata } = await currentRevision(this, name)
    await this.client.delete('ControllerRevision', this.key(metadata.name))
  },
)

Given(
  'revision {int} of {string} was deleted',
  async function (this: ConformanceWorld, number: number, name: string) {
    const revisions = await this.revisionsOf(name)
    const revision = revisions.find((each) => each.revision === number)
    assert(revision, `DaemonSet ${name} has a revision ${number}`)
    await this.client.delete('ControllerRevision', this.key(revision.metadata.name))
  },
)

When(
  'the label {string} is added to the current revision of {string}',
  async function (this: ConformanceWorld, label: string, name: string) {
    const { metadata } = await currentRevision(this, name)
    const body = { metadata: { labels: labelsOf(label) } }
    await this.client.patch('ControllerRevision', this.key(metadata.name), { type: 'merge', body })
  },
)

When(
  'the current revision of {string} loses its owner',
  async function (this: ConformanceWorld, name: string) {
    const { metadata } = await currentRevision(this, name)
    const body = { metadata: { ownerReferences: null } }
    await this.client.patch('ControllerRevision', this.key(metadata.name), { type: 'merge', body })
  },
)

When(
  'a copy of the current revision of {string} with the number {int} is/was created',
  async function (this: ConformanceWorld, name: string, revision: number) {
    const current = await currentRevision(this, name)
    const { labels, ownerReferences } = current.metadata
    await this.client.create('ControllerRevision', {
      ...revisionDraft(this, `${name}-copy`),
      metadata: {
        name: `${name}-copy`,
        namespace: this.namespace,
        labels: { ...labels, [controllerRevisionHashLabel]: 'copy' },
        ...(ownerReferences === undefined ? {} : { ownerReferences }),
      },
      data: current.data,
      revision,
    })
  },
)

Given(
  'another ControllerRevision has taken the name of the revision of the image {string}',
  async function (this: ConformanceWorld, image: string) {
    const [daemonSet] = await this.list('DaemonSet')
    assert(daemonSet, 'the scenario has a DaemonSet')
    const { name } = daemonSet.metadata
    const taken = (await tryTemplate(this, name, image)).metadata.name
    await this.client.delete('ControllerRevision', this.key(taken))
    await this.client.create('ControllerRevision', {
      ...revisionDraft(this, taken),
      data: { note: 'not a template' },
      revision: 1,
    })
  },
)

function revisionDraft(world: ConformanceWorld, name: string): Draft {
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace: world.namespace },
  }
}

function templateIn(data: ControllerRevision['data']): Record<string, unknown> {
  return (fieldAt(data, 'spec.template') ?? {}) as Record<string, unknown>
}

function hashOf({ metadata }: ControllerRevision): string | undefined {
  return metadata.labels?.[controllerRevisionHashLabel]
}
