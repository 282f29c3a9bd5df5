import assert from 'node:assert/strict'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import type { PlainAnswer, PlainRequest } from '../src/targets/plain-request'
import { daemonSetDraft, type Settings } from './support/daemonset-draft'
import { fieldAt, onlyField } from './support/fields'
import { listOf } from './support/kubernetes-text'
import { warningsIn } from './support/warnings'
import type { ConformanceWorld } from './support/world'

When('the path {string} is asked for', async function (this: ConformanceWorld, path: string) {
  const whole = path.replace('<namespace>', this.namespace)
  this.answer = await this.cluster.request({ method: 'GET', path: whole })
})

Then('there is nothing at that path', function (this: ConformanceWorld) {
  const { status, body } = answerOf(this)
  assert.equal(status, 404, body)
})

Then('the answer has these fields', function (this: ConformanceWorld, table: DataTable) {
  expectFields(acceptedBody(this), table)
})

Then(
  'the answer lists exactly the versions {string}',
  function (this: ConformanceWorld, versions: string) {
    const { versions: found = [] } = acceptedBody(this) as { versions?: { version: string }[] }
    assert.deepEqual(
      found.map(({ version }) => version),
      listOf(versions),
    )
  },
)

Then(
  'the answer lists the resource {string} with these fields',
  function (this: ConformanceWorld, name: string, table: DataTable) {
    const { resources = [] } = acceptedBody(this) as { resources?: { name: string }[] }
    const names = resources.map((resource) => resource.name)
    const resource = resources.find((each) => each.name === name)
    assert(resource, `"${name}" is among ${names.join(', ')}`)
    expectFields(resource, table)
  },
)

When(
  'the DaemonSet {string} is/was posted with',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const settings: Settings = table.rowsHash()
    await write(this, { method: 'POST', path: pathOf(this), body: daemonSetDraft(name, settings) })
  },
)

When(
  'a patch sets {string} of the DaemonSet {string} to {json}',
  async function (this: ConformanceWorld, field: string, name: string, value: unknown) {
    await patch(this, `/${name}`, onlyField(field, value))
  },
)

When(
  'a patch of the status of the DaemonSet {string} sets {string} to {json}',
  async function (this: ConformanceWorld, name: string, field: string, value: unknown) {
    await patch(this, `/${name}/status`, onlyField(field, value))
  },
)

Then('the answer warns {string}', function (this: ConformanceWorld, warning: string) {
  assert.deepEqual(warningsIn(answerOf(this)), [warning])
})

Then('the answer warns of nothing', function (this: ConformanceWorld) {
  assert.deepEqual(warningsIn(answerOf(this)), [])
})

function pathOf({ namespace }: ConformanceWorld): string {
  return `/apis/apps/v1/namespaces/${namespace}/daemonsets`
}

async function patch(world: ConformanceWorld, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' }
  await write(world, { method: 'PATCH', path: pathOf(world) + path, headers, body })
}

/** Sends a write that has to be accepted: what it changes is looked at later, or by the targets' comparison. */
async function write(world: ConformanceWorld, request: PlainRequest): Promise<void> {
  const answer = await world.cluster.request(request)
  assert(answer.status < 300, `${request.method} was accepted: ${answer.body}`)
  world.answer = answer
}

function answerOf({ answer }: ConformanceWorld): PlainAnswer {
  assert(answer, 'nothing was asked for')
  return answer
}

function acceptedBody(world: ConformanceWorld): unknown {
  const { status, body } = answerOf(world)
  assert.equal(status, 200, body)
  return JSON.parse(body)
}

function expectFields(object: unknown, table: DataTable): void {
  for (const { field = '', value = '' } of table.hashes()) {
    assert.deepEqual(fieldAt(object, field), JSON.parse(value), field)
  }
}
