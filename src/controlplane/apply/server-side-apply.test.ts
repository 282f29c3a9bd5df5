import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { seededRandom } from '../../kubernetes/random'
import { StatusError } from '../../kubernetes/status-error'
import type { DaemonSet } from '../../kubernetes/types'
import { ApiServer } from '../api-server'
import type { ApiRequest } from '../request'
import { VirtualClock } from '../virtual-clock'

const target = { kind: 'DaemonSet', namespace: 'default', name: 'web' } as const

interface Changes {
  readonly image?: string
  readonly labels?: object
  readonly [key: string]: unknown
}

function configuration({ image = 'x:1', labels, ...container }: Changes = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', ...(labels === undefined ? {} : { labels }) },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image, ...container }] },
      },
    },
  }
}

describe('server-side apply', () => {
  let clock: VirtualClock
  let server: ApiServer
  beforeEach(() => {
    clock = new VirtualClock()
    server = new ApiServer({ clock, random: seededRandom(1) })
  })

  const ask = (request: Omit<ApiRequest, 'userAgent' | 'tracksFields'>): DaemonSet => {
    const result = server.handle({ ...request, userAgent: 'test/1', tracksFields: true })
    assert.equal(result.type, 'object')
    return (result as { object: unknown }).object as DaemonSet
  }
  const apply = (manager: string, body: object, options: ApiRequest['options'] = {}): DaemonSet =>
    ask({
      verb: 'patch',
      ...target,
      patch: { type: 'apply', body },
      options: { fieldManager: manager, ...options },
    })
  const merge = (body: object, options: ApiRequest['options'] = {}): DaemonSet =>
    ask({ verb: 'patch', ...target, patch: { type: 'merge', body }, options })
  const refusal = (action: () => unknown): StatusError => {
    try {
      action()
    } catch (error) {
      assert.ok(error instanceof StatusError, String(error))
      return error
    }
    assert.fail('it was not refused')
  }
  const fieldsOf = (object: DaemonSet, manager: string): object | undefined =>
    object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1
  const imageOf = ({ spec }: DaemonSet): string | undefined =>
    spec.template.spec?.containers[0]?.image

  it('API-155, API-168, API-169: creates the object and books what was said', () => {
    const object = apply(
      'a',
      configuration({ ports: [{ containerPort: 80 }], env: [{ name: 'E', value: '1' }] }),
    )
    const [entry, ...others] = object.metadata.managedFields ?? []
    assert.deepEqual(others, [])
    assert.deepEqual(
      [entry?.manager, entry?.operation, entry?.apiVersion, entry?.fieldsType, entry?.subresource],
      ['a', 'Apply', 'apps/v1', 'FieldsV1', undefined],
    )
    assert.deepEqual(entry?.fieldsV1, {
      'f:spec': {
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:env': { 'k:{"name":"E"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                },
              },
            },
          },
        },
      },
    })
  })

  it('API-165, API-166: a manager is needed, the type must fit, managedFields must be absent', () => {
    assert.match(
      refusal(() => apply('', configuration())).message,
      /fieldManager: Required value: is required for apply patch/,
    )
    const typed = (change: object) =>
      refusal(() => apply('a', { ...configuration(), ...change })).message
    assert.equal(typed({ apiVersion: 'apps/v2' }), 'invalid object type: apps/v2, Kind=DaemonSet')
    assert.equal(typed({ apiVersion: undefined, kind: undefined }), 'invalid object type: /, Kind=')
    assert.equal(
      typed({ metadata: { name: 'web', managedFields: [{ manager: 'x' }] } }),
      'metadata.managedFields must be nil',
    )
  })

  it('API-167: fields outside the schema are refused, whatever fieldValidation says', () => {
    const error = refusal(() =>
      apply('a', configuration({ foo: 1 }), { fieldValidation: 'Ignore' }),
    )
    assert.equal(error.code, 500)
    assert.equal(
      error.message,
      'failed to create typed patch object (/web; apps/v1, Kind=DaemonSet): ' +
        '.spec.template.spec.containers[name="c"].foo: field not declared in schema',
    )
  })

  it('API-170, API-171: another value for what others own is a conflict', () => {
    apply('a', configuration())
    const error = refusal(() => apply('b', configuration({ image: 'x:2' })))
    assert.deepEqual([error.code, error.reason], [409, 'Conflict'])
    const field = '.spec.template.spec.containers[name="c"].image'
    assert.equal(error.message, `Apply failed with 1 conflict: conflict with "a": ${field}`)
    assert.deepEqual(error.details, {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field }],
    })
  })

  it('API-170: several conflicts are listed; an updater is shown with its version', () => {
    apply('a', configuration())
    merge({ metadata: { labels: { x: '1', y: '1' } } }, { fieldManager: 'm' })
    const error = refusal(() => apply('b', configuration({ labels: { x: '2', y: '2' } })))
    assert.equal(
      error.message,
      'Apply failed with 2 conflicts: conflicts with "m" using apps/v1:\n- .metadata.labels.x\n- .metadata.labels.y',
    )
  })

  it('API-172: force takes the field over; the same value is shared', () => {
    apply('a', configuration())
    const forced = apply('b', configuration({ image: 'x:2' }), { force: true })
    assert.equal(imageOf(forced), 'x:2')
    const text = JSON.stringify(fieldsOf(forced, 'a'))
    assert.equal(text.includes('f:image'), false)
    assert.equal(text.includes('f:name'), true)
    assert.equal(JSON.stringify(fieldsOf(forced, 'b')).includes('f:image'), true)
    const shared = apply('c', configuration({ image: 'x:2' }))
    assert.equal(JSON.stringify(fieldsOf(shared, 'b')).includes('f:image'), true)
    assert.equal(JSON.stringify(fieldsOf(shared, 'c')).includes('f:image'), true)
  })

  it('API-173: what a manager no longer says goes, unless others say it too', () => {
    const env = [{ name: 'E', value: '1' }]
    apply('a', configuration({ env, labels: { only: 'a', both: 'x' } }))
    apply('b', configuration({ labels: { both: 'x' } }))
    const object = apply('a', configuration())
    assert.deepEqual(object.metadata.labels, { both: 'x' })
    assert.equal(object.spec.template.spec?.containers[0]?.env, undefined)
  })

  it('API-174: an identical apply writes nothing', () => {
    const first = apply('a', configuration())
    clock.advanceTo(clock.now() + 60_000)
    const second = apply('a', configuration())
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion)
    assert.deepEqual(second.metadata.managedFields, first.metadata.managedFields)
  })

  it('API-170, API-173: an empty map is owned, and so is its absence contested', () => {
    apply('a', configuration({ labels: {} }))
    const error = refusal(() => apply('b', configuration({ labels: {} })))
    assert.equal(error.message, 'Apply failed with 1 conflict: conflict with "a": .metadata.labels')
  })

  it('API-175: other writes are booked with what they changed', () => {
    apply('a', configuration())
    const object = merge({ metadata: { labels: { x: '1' } } })
    assert.deepEqual(fieldsOf(object, 'test'), {
      'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } },
    })
    const entry = object.metadata.managedFields?.find(({ manager }) => manager === 'test')
    assert.equal(entry?.operation, 'Update')
  })

  it('API-175: the oldest of more than ten updaters are put together', () => {
    apply('a', configuration())
    for (let index = 0; index < 14; index++) {
      clock.advanceTo(clock.now() + 1_000)
      merge({ metadata: { labels: { [`l${index}`]: 'x' } } }, { fieldManager: `m${index}` })
    }
    const object = ask({ verb: 'get', ...target })
    const updaters = (object.metadata.managedFields ?? []).filter(
      ({ operation }) => operation === 'Update',
    )
    assert.equal(updaters.length, 10)
    const old = JSON.stringify(fieldsOf(object, 'ancient-changes'))
    assert.ok(old.includes('f:l0') && !old.includes('f:l13'), old)
  })

  it('API-175: an object without managers has been there before the first apply', () => {
    const { name, namespace, kind } = target
    server.handle({
      verb: 'create',
      kind,
      namespace,
      body: configuration(),
      userAgent: 'in-process',
    })
    const error = refusal(() => apply('a', configuration({ image: 'x:2' })))
    assert.match(error.message, /conflict with "before-first-apply" using apps\/v1: .*\.image$/)
    const object = apply('a', configuration({ image: 'x:2' }), { force: true })
    assert.equal(object.metadata.name, name)
    assert.ok(fieldsOf(object, 'before-first-apply'))
  })

  it('API-176: an empty list resets the tracking', () => {
    apply('a', configuration())
    for (const managedFields of [[{}], []]) {
      const reset = merge({ metadata: { managedFields } })
      assert.equal(reset.metadata.managedFields, undefined)
      apply('a', configuration({ labels: { round: String(managedFields.length) } }), {
        force: true,
      })
    }
  })

  it('API-177: kubectl keeps its annotation in step', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    apply('kubectl', configuration())
    merge({ metadata: { annotations: { [key]: '{}' } } }, { fieldManager: 'client-side' })
    const object = apply('kubectl', configuration({ image: 'x:3' }), { force: true })
    assert.match(object.metadata.annotations?.[key] ?? '', /"image":"x:3"/)
  })

  it('API-177, KUBECTL-20: what kubectl applied from the client it may change from the server', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration'
    const body = configuration() as { metadata: object }
    const annotations = { [key]: `${JSON.stringify(body)}\n` }
    ask({
      verb: 'create',
      kind: 'DaemonSet',
      namespace: 'default',
      body: { ...body, metadata: { ...body.metadata, annotations } },
      options: { fieldManager: 'kubectl-client-side-apply' },
    })
    // Anybody else is in conflict, kubectl is not: and its annotation is nobody's business but its own.
    assert.equal(refusal(() => apply('other', configuration({ image: 'x:2' }))).code, 409)
    const object = apply('kubectl', configuration({ image: 'x:2' }))
    assert.equal(imageOf(object), 'x:2')
    assert.match(object.metadata.annotations?.[key] ?? '', /"image":"x:2"/)
    const { resourceVersion } = object.metadata
    const again = apply('kubectl', configuration({ image: 'x:2' }))
    assert.equal(again.metadata.resourceVersion, resourceVersion)
    // What somebody else has changed since then is no longer as it was applied.
    const containers = [{ name: 'c', image: 'x:3' }]
    const template = { spec: { containers } }
    const patch = { type: 'strategic', body: { spec: { template } } } as const
    ask({ verb: 'patch', ...target, patch, options: { fieldManager: 'kubectl-set' } })
    const late = refusal(() => apply('kubectl', configuration({ image: 'x:2' })))
    assert.match(late.message, /^Apply failed with 1 conflict: conflict with "kubectl-set"/)
  })

  it('API-178: a uid of an object that is not there', () => {
    const error = refusal(() =>
      apply('a', { ...configuration(), metadata: { name: 'web', uid: 'u-1' } }),
    )
    assert.deepEqual([error.code, error.reason], [409, 'Conflict'])
    assert.match(error.message, /^uid mismatch: the provided object specified uid u-1/)
  })

  it('API-142: a dry run of an apply stores nothing', () => {
    apply('a', configuration())
    const dry = apply('a', configuration({ image: 'x:9' }), { dryRun: ['All'] })
    assert.equal(imageOf(dry), 'x:9')
    assert.equal(imageOf(ask({ verb: 'get', ...target })), 'x:1')
  })

  it('API-181: status is not applied through the main path', () => {
    apply('a', configuration())
    const object = apply('a', { ...configuration(), status: { numberReady: 7 } })
    assert.equal(object.status.numberReady, 0)
    assert.equal(JSON.stringify(fieldsOf(object, 'a')).includes('f:status'), false)
  })
})
