import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Kubectl, withoutKubectl } from './testing/kubectl'
import type { RecordedRequest } from './testing/recording-proxy'

const strategic = 'application/strategic-merge-patch+json'
const node1 = '/api/v1/nodes/node-1'
const ds = 'daemonset/fluentd-logging'

const writes = (requests: readonly RecordedRequest[]): readonly RecordedRequest[] =>
  requests.filter(({ method }) => method !== 'GET')

describe('a real kubectl and nodes', { skip: withoutKubectl }, () => {
  let kubectl: Kubectl
  before(async () => {
    kubectl = await Kubectl.startRolledOut()
  })
  after(() => kubectl[Symbol.asyncDispose]())

  const client = () => kubectl.served.cluster.client('test')
  /** A pod without a controller on a node. */
  const single = async (name: string, nodeName: string, labels: object = {}) => {
    await client().create('Pod', {
      metadata: { name, namespace: 'default', labels } as { name: string },
      spec: {
        nodeName,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'x:1' }],
      },
    })
    await kubectl.run('wait', '--for=condition=Ready', `pod/${name}`)
  }

  it('KUBECTL-44: taint sends the whole list, and does not overwrite unasked', async () => {
    const taint = async (...args: string[]) => {
      const outcome = await kubectl.ok('taint', 'node', 'node-1', ...args)
      const [patch, ...others] = writes(outcome.requests)
      assert.deepEqual(others, [])
      assert.equal(patch?.line, `PATCH ${node1}?fieldManager=kubectl-taint&fieldValidation=Strict`)
      assert.equal(patch?.headers['content-type'], strategic)
      return JSON.parse(patch?.body ?? '').spec.taints
    }
    const [a, b] = [
      { effect: 'PreferNoSchedule', key: 'a', value: '1' },
      { effect: 'NoExecute', key: 'b', value: '2' },
    ]
    assert.deepEqual(await taint('a=1:PreferNoSchedule'), [a])
    assert.deepEqual((await taint('b=2:NoExecute')).map(({ key }: { key: string }) => key).sort(), [
      'a',
      'b',
    ])
    await kubectl.run('wait', '--for=jsonpath={.status.desiredNumberScheduled}=2', ds)
    const refused = await kubectl.ask('taint', 'node', 'node-1', 'a=3:PreferNoSchedule')
    assert.deepEqual(
      [refused.code, refused.err],
      [
        1,
        'error: node node-1 already has a taint(s) with same effect(s) and --overwrite is false\n',
      ],
    )
    assert.deepEqual(writes(refused.requests), [])
    assert.deepEqual(await taint('a:PreferNoSchedule-'), [b])
    await kubectl.ok('taint', 'node', 'node-1', 'b-')
    await kubectl.run('wait', '--for=jsonpath={.status.numberReady}=3', ds)
  })

  it('KUBECTL-45: cordon and uncordon patch one field', async () => {
    for (const [command, value, what] of [
      ['cordon', true, 'cordoned'],
      ['uncordon', null, 'uncordoned'],
    ] as const) {
      const outcome = await kubectl.ok(command, 'node-1')
      assert.equal(outcome.out, `node/node-1 ${what}\n`)
      assert.deepEqual(outcome.lines, [`GET ${node1}`, `PATCH ${node1}`])
      const [patch] = writes(outcome.requests)
      assert.equal(patch?.headers['content-type'], strategic)
      assert.deepEqual(JSON.parse(patch?.body ?? ''), { spec: { unschedulable: value } })
      const taints = await kubectl.run(
        'get',
        'node',
        'node-1',
        '-o',
        'jsonpath={.spec.taints[*].key}',
      )
      assert.equal(taints, value === true ? 'node.kubernetes.io/unschedulable' : '')
      const again = await kubectl.ok(command, 'node-1')
      assert.equal(again.out, `node/node-1 already ${what}\n`)
      assert.deepEqual(writes(again.requests), [])
    }
  })

  it('KUBECTL-46, KUBECTL-47: drain cordons, finds eviction in discovery, evicts and waits', async () => {
    await single('victim', 'node-2')
    const outcome = await kubectl.ok(
      ...['drain', 'node-2', '--ignore-daemonsets', '--force', '--timeout=50s'],
    )
    assert.match(outcome.out, /evicting pod default\/victim[\s\S]*node\/node-2 drained/)
    const lines = outcome.all.map(({ line }) => line)
    const victim = '/api/v1/namespaces/default/pods/victim'
    const order = [
      'PATCH /api/v1/nodes/node-2',
      'GET /api/v1/pods?fieldSelector=spec.nodeName=node-2&limit=500',
      'GET /apis/apps/v1/namespaces/default/daemonsets/fluentd-logging',
      'GET /api/v1',
      `POST ${victim}/eviction`,
      `GET ${victim}`,
    ]
    const places = order.map((wanted) =>
      lines.findIndex((line) => line.split('?timeout')[0] === wanted),
    )
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      lines.join('\n'),
    )
    assert.ok(
      places.every((place) => place >= 0),
      lines.join('\n'),
    )
    const eviction = outcome.requests.find(({ path }) => path.endsWith('/eviction'))
    assert.equal(eviction?.headers['content-type'], 'application/json')
    const { kind, apiVersion } = JSON.parse(eviction?.body ?? '')
    assert.deepEqual([kind, apiVersion], ['Eviction', 'policy/v1'])
    assert.equal((await kubectl.ask('get', 'pod', 'victim')).code, 1)
    await kubectl.run('uncordon', 'node-2')
  })

  it('KUBECTL-48: drain refuses or ignores daemon pods', async () => {
    const plain = await kubectl.ask('drain', 'node-3')
    assert.equal(plain.code, 1)
    assert.match(
      plain.err,
      /cannot delete DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\): default\/fluentd-logging-/,
    )
    assert.ok(plain.lines.every((line) => !line.includes('/eviction')))
    const ignoring = await kubectl.ok('drain', 'node-3', '--ignore-daemonsets')
    assert.match(ignoring.err, /ignoring DaemonSet-managed Pods: default\/fluentd-logging-/)
    assert.ok(ignoring.lines.every((line) => !line.includes('/eviction')))
    const left = await kubectl.run(
      'get',
      'pods',
      '--field-selector=spec.nodeName=node-3',
      '-o',
      'name',
    )
    assert.match(left, /fluentd-logging-/)
    await kubectl.run('uncordon', 'node-3')
  })

  it('KUBECTL-49: drain waits for budgets and takes 404 as done', async () => {
    const labels = { guarded: 'yes' }
    await single('guarded', 'node-2', labels)
    await client().create('PodDisruptionBudget', {
      metadata: { name: 'guard', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    })
    await kubectl.run('wait', '--for=jsonpath={.status.currentHealthy}=1', 'pdb/guard')
    const drain = ['drain', 'node-2', '--ignore-daemonsets', '--force']
    const short = await kubectl.ask(...drain, '--timeout=2s')
    assert.equal(short.code, 1)
    assert.match(
      short.err,
      /error when evicting pods\/"guarded" -n "default" \(will retry after 5s\): Cannot evict pod as it would violate the pod's disruption budget\./,
    )
    // The budget goes while drain waits: the next try succeeds.
    const patient = kubectl.ok(...drain, '--timeout=50s')
    await new Promise((done) => setTimeout(done, 2_000))
    await client().delete('PodDisruptionBudget', { name: 'guard', namespace: 'default' })
    const { requests, out } = await patient
    assert.ok(requests.filter(({ path }) => path.endsWith('/guarded/eviction')).length >= 2)
    assert.match(out, /node\/node-2 drained/)
    // A pod that has gone before its eviction is done with.
    await kubectl.run('uncordon', 'node-2')
    await single('vanishing', 'node-2')
    const { server } = kubectl.served.cluster
    const stop = server.intercept(({ verb, kind, name, subresource }) => {
      if (verb !== 'create' || kind !== 'Pod' || name !== 'vanishing') return
      if (subresource !== 'eviction') return
      stop()
      const options = { gracePeriodSeconds: 0 }
      server.handle({
        verb: 'delete',
        kind,
        namespace: 'default',
        name,
        options,
        userAgent: 'test',
      })
    })
    const gone = await kubectl.ok(...drain, '--timeout=50s')
    assert.match(gone.out, /node\/node-2 drained/)
    await kubectl.run('uncordon', 'node-2')
  })

  it('KUBECTL-50: drain deletes instead of evicting, with options in protobuf', async () => {
    await single('deleted', 'node-2')
    const { out, requests } = await kubectl.ok(
      ...['drain', 'node-2', '--ignore-daemonsets', '--force', '--disable-eviction'],
    )
    assert.match(out, /node\/node-2 drained/)
    assert.ok(requests.every(({ path }) => !path.endsWith('/eviction')))
    const deletion = requests.find(({ method }) => method === 'DELETE')
    assert.equal(deletion?.path, '/api/v1/namespaces/default/pods/deleted')
    assert.equal(deletion?.headers['content-type'], 'application/vnd.kubernetes.protobuf')
    await kubectl.run('uncordon', 'node-2')
  })
})
