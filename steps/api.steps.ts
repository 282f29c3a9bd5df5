import assert from 'node:assert/strict'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import type { Draft } from '../src/kubernetes/types'
import { daemonSetDraft } from './support/daemonset-draft'
import { type Fields, fieldAt, merged, onlyField, withField } from './support/fields'
import type { NodeNames } from './support/node-names'
import type { ConformanceWorld } from './support/world'

/** The DaemonSet of the steps that are about its fields. */
const subject = 'agent'

type WritableKind = 'DaemonSet' | 'ControllerRevision'

When(
  'a DaemonSet whose {string} is {json} is created',
  async function (this: ConformanceWorld, path: string, value: unknown) {
    await create(this, 'DaemonSet', withField(daemonSetDraft(subject), path, value))
  },
)

When(
  'a DaemonSet with these fields is created',
  async function (this: ConformanceWorld, table: DataTable) {
    await create(this, 'DaemonSet', withFields(daemonSetDraft(subject), table))
  },
)

When(
  'a DaemonSet with {string} set to {json} is created under strict validation',
  async function (this: ConformanceWorld, path: string, value: unknown) {
    const { namespace } = this
    const draft = withField(daemonSetDraft(subject), path, value)
    const metadata = { ...draft.metadata, namespace }
    await this.attempt(() =>
      this.client.create('DaemonSet', { ...draft, metadata }, { fieldValidation: 'Strict' }),
    )
  },
)

When(
  'the ControllerRevision {string} is/was created with',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const draft = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name },
      revision: 1,
      data: {},
    }
    await create(this, 'ControllerRevision', withFields(draft, table))
  },
)

When(
  '{string} of the {kind} {string} is/was changed to {json}',
  async function (
    this: ConformanceWorld,
    path: string,
    kind: WritableKind,
    name: string,
    value: unknown,
  ) {
    const body = onlyField(path, value)
    await this.attempt(() => this.client.patch(kind, this.key(name), { type: 'merge', body }))
  },
)

When(
  'the status of {string} is/was written with these fields',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const body = patchOf(table)
    const patch = { type: 'merge', body } as const
    await this.attempt(() =>
      this.client.patch('DaemonSet', this.key(name), patch, { subresource: 'status' }),
    )
  },
)

When('the scale of {string} is asked for', async function (this: ConformanceWorld, name: string) {
  await this.attempt(() => this.client.get('DaemonSet', this.key(name), { subresource: 'scale' }))
})

When('the DaemonSet {string} is replaced', async function (this: ConformanceWorld, name: string) {
  await this.attempt(() => this.client.update('DaemonSet', inNamespace(this, daemonSetDraft(name))))
})

When('somebody read the DaemonSet {string}', async function (this: ConformanceWorld, name: string) {
  this.remembered = await this.daemonSet(name)
})

When('that reader replaces what was read', async function (this: ConformanceWorld) {
  const object = this.remembered
  assert(object, 'nothing was read')
  await this.attempt(() => this.client.update('DaemonSet', { ...object }))
})

When(
  'that reader replaces what was read whatever has happened since',
  async function (this: ConformanceWorld) {
    assert(this.remembered, 'nothing was read')
    const object = withField(this.remembered, 'metadata.resourceVersion', null)
    await this.attempt(() => this.client.update('DaemonSet', { ...object }))
  },
)

When(
  'the DaemonSets labelled {string} are listed',
  async function (this: ConformanceWorld, labelSelector: string) {
    await list(this, { labelSelector })
  },
)

When(
  'the DaemonSets with the field {string} are listed',
  async function (this: ConformanceWorld, fieldSelector: string) {
    await list(this, { fieldSelector })
  },
)

Then('the list shows exactly {names}', function (this: ConformanceWorld, names: NodeNames) {
  assert.deepEqual(this.listed, this.resolve(names))
})

Then(
  'the {kind} {string} has these fields',
  async function (this: ConformanceWorld, kind: WritableKind, name: string, table: DataTable) {
    const expected = table.hashes().map(({ field = '', value = '' }) => [field, JSON.parse(value)])
    await this.eventually(`fields of ${kind} ${name}`, async () => {
      const object = await this.find(kind, name)
      return object && expected.map(([field]) => [field, fieldAt(object, field) ?? null])
    }).toEqual(expected)
  },
)

Then(
  'the DaemonSet {string} has no field {string}',
  async function (this: ConformanceWorld, name: string, path: string) {
    assert.equal(fieldAt(await this.daemonSet(name), path), undefined)
  },
)

Then('the request is refused as {string}', function (this: ConformanceWorld, reason: string) {
  assert.equal(this.expectRefusal().reason, reason)
})

Then(
  'the request is refused as {string} with {string}',
  function (this: ConformanceWorld, reason: string, words: string) {
    const refusal = this.expectRefusal()
    assert.equal(refusal.reason, reason)
    assert(refusal.message.includes(words), `"${refusal.message}" has the words "${words}"`)
  },
)

Then(
  'the request is refused as {string} at {string} with {string}',
  function (this: ConformanceWorld, reason: string, path: string, words: string) {
    const refusal = this.expectRefusal()
    assert.equal(refusal.reason, reason, refusal.message)
    const causes = (refusal.details.causes ?? []).filter(({ field }) => field === path)
    assert(causes.length > 0, `"${refusal.message}" names the field ${path}`)
    const messages = causes.map(({ message = '' }) => message)
    assert(
      messages.some((message) => message.includes(words)),
      `"${messages.join('; ')}" has the words "${words}"`,
    )
  },
)

Then('the refusal also names {string}', function (this: ConformanceWorld, path: string) {
  const causes = this.expectRefusal().details.causes ?? []
  assert(causes.map(({ field }) => field).includes(path))
})

Then(
  'the request is refused as {string} because of the unknown field {string}',
  function (this: ConformanceWorld, reason: string, path: string) {
    const refusal = this.expectRefusal()
    assert.equal(refusal.reason, reason)
    assert(refusal.message.includes(`unknown field "${path}"`), refusal.message)
  },
)

async function create(world: ConformanceWorld, kind: WritableKind, draft: Draft): Promise<void> {
  await world.attempt(() => world.client.create(kind, inNamespace(world, draft)))
}

async function list(
  world: ConformanceWorld,
  selection: { readonly labelSelector?: string; readonly fieldSelector?: string },
): Promise<void> {
  const { namespace } = world
  const found = await world.attempt(() =>
    world.client.list('DaemonSet', { namespace, ...selection }),
  )
  world.listed = found?.items.map(({ metadata }) => metadata.name).sort()
}

function inNamespace(world: ConformanceWorld, draft: Draft): Draft {
  return { ...draft, metadata: { ...draft.metadata, namespace: world.namespace } }
}

function withFields(draft: Draft, table: DataTable): Draft {
  return table
    .hashes()
    .reduce(
      (object, { field = '', value = '' }) => withField(object, field, JSON.parse(value)),
      draft,
    )
}

function patchOf(table: DataTable): Fields {
  const fields = table.hashes()
  return merged(...fields.map(({ field = '', value = '' }) => onlyField(field, JSON.parse(value))))
}
