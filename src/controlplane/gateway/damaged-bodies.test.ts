import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Answered, daemonSet, Served } from './testing/served'

const core = '/api/v1/namespaces/default'

const podSpec = {
  containers: [
    {
      name: 'c',
      image: 'x',
      env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      ports: [{ containerPort: 80, hostPort: 81 }],
      resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } },
      volumeMounts: [{ name: 'v', mountPath: '/x' }],
      livenessProbe: { httpGet: { path: '/', port: 80 } },
    },
  ],
  initContainers: [{ name: 'i', image: 'x' }],
  volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'a' } }] } }],
  nodeSelector: { a: 'b' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
      },
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} },
  ],
}

const named = (members: object) => ({ metadata: { name: 'u', labels: { a: 'b' } }, ...members })

/** A good body for every kind that can be written. */
const bodies: Readonly<Record<string, object>> = {
  [`${core}/pods`]: named({ spec: podSpec }),
  '/apis/apps/v1/namespaces/default/daemonsets': daemonSet('u', {
    spec: {
      selector: { matchLabels: { a: 'b' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: { metadata: { labels: { a: 'b' } }, spec: podSpec },
    },
    status: { conditions: [{ type: 'a', status: 'True' }] },
  }),
  '/api/v1/nodes': named({
    spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: { conditions: [{ type: 'Ready', status: 'True' }], capacity: { cpu: '1' } },
  }),
  [`${core}/configmaps`]: named({ data: { a: 'b' }, binaryData: { c: 'aGk=' } }),
  [`${core}/secrets`]: named({ data: { a: 'aGk=' }, stringData: { b: 'c' } }),
  [`${core}/services`]: named({ spec: { ports: [{ port: 80, targetPort: 'x' }] } }),
  [`${core}/serviceaccounts`]: named({ imagePullSecrets: [{ name: 'b' }] }),
  [`${core}/events`]: named({ involvedObject: { name: 'x' }, series: { count: 1 } }),
  '/apis/events.k8s.io/v1/namespaces/default/events': named({
    ...{ regarding: { name: 'x', namespace: 'default' }, type: 'Normal', reason: 'R', action: 'A' },
    ...{ reportingController: 'c.io/x', reportingInstance: 'i' },
    eventTime: '2026-01-01T00:00:00.000000Z',
  }),
  '/apis/policy/v1/namespaces/default/poddisruptionbudgets': named({
    spec: { minAvailable: 1, selector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
  }),
  '/apis/scheduling.k8s.io/v1/priorityclasses': named({ value: 1 }),
  '/apis/apps/v1/namespaces/default/controllerrevisions': named({ data: { a: 1 }, revision: 1 }),
  '/apis/coordination.k8s.io/v1/namespaces/default/leases': named({
    spec: { holderIdentity: 'x' },
  }),
  [`${core}/resourcequotas`]: named({ spec: { hard: { pods: '9' }, scopes: ['Terminating'] } }),
  '/api/v1/namespaces': named({ spec: { finalizers: ['kubernetes'] } }),
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { spec: { resourceAttributes: {} } },
  [`${core}/pods/u/binding`]: named({ target: { kind: 'Node', name: 'a' } }),
  [`${core}/pods/u/eviction`]: named({ deleteOptions: { preconditions: { uid: 'a' } } }),
}

/** What takes the place of a part; `undefined` leaves it out. */
const damages = [undefined, null, {}, [], '', 0, -1, 'x', true, [null], { a: null }, [{}], 1e30]

const patchTypes = [
  ...['application/merge-patch+json', 'application/strategic-merge-patch+json'],
  'application/apply-patch+yaml',
]

/** All places in a body, the body itself first. */
function placesIn(value: unknown, above: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [above]
  const below = Object.entries(value).flatMap(([key, part]) => placesIn(part, [...above, key]))
  return [above, ...below]
}

function damaged(value: unknown, [key, ...rest]: readonly string[], damage: unknown): unknown {
  if (key === undefined) return damage
  const part = (value as Record<string, unknown>)[key]
  const replaced = damaged(part, rest, damage)
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? replaced : item))
  return { ...(value as object), [key]: replaced }
}

describe('bodies with one part missing, or another in its place', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 1 })
    const hard = { pods: '100000', 'requests.cpu': '1000', 'limits.memory': '1000Gi' }
    await served.post(`${core}/resourcequotas`, { metadata: { name: 'watchful' }, spec: { hard } })
  })
  after(() => served[Symbol.asyncDispose]())

  const isRefusedOrTaken = ({ code, text }: Answered): void =>
    assert.ok(code < 500 || !text.includes('Internal error'), text)

  for (const [path, body] of Object.entries(bodies)) {
    it(`POST ${path} is taken or refused, and the server goes on`, async () => {
      for (const place of placesIn(body)) {
        for (const damage of damages) {
          const sent = JSON.stringify(damaged(body, place, damage)) ?? ''
          const made = await served.post(path, sent)
          isRefusedOrTaken(made)
          const { name = '' } = made.code === 201 ? (made.json.metadata ?? {}) : {}
          if (name !== '') await served.ask('DELETE', `${path}/${name}?gracePeriodSeconds=0`)
        }
      }
      assert.equal((await served.get('/readyz')).text, 'ok')
    })
  }

  const change = fc
    .constantFrom(...Object.entries(bodies).filter(([path]) => !/review|\/pods\/u\//.test(path)))
    .chain(([path, body]) =>
      fc.record({
        path: fc.constant(`${path}/u`),
        body: fc
          .tuple(fc.constantFrom(...placesIn(body)), fc.constantFrom(...damages))
          .map(([place, damage]) => JSON.stringify(damaged(body, place, damage)) ?? ''),
      }),
    )

  it('PUT and all patches are taken or refused, and the server goes on', async () => {
    for (const [path, body] of Object.entries(bodies)) await served.post(path, body)
    await fc.assert(
      fc.asyncProperty(change, async ({ path, body }) => {
        isRefusedOrTaken(await served.ask('PUT', path, { body }))
        for (const type of patchTypes) {
          isRefusedOrTaken(await served.patch(`${path}?fieldManager=m`, type, body))
        }
      }),
      { numRuns: 200 },
    )
    assert.equal((await served.get('/readyz')).text, 'ok')
  })
})
