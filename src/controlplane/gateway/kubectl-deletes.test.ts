import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { hasWatchList, Kubectl, manifest, withoutKubectl } from './testing/kubectl'
import type { RecordedRequest } from './testing/recording-proxy'

const ds = 'daemonset/fluentd-logging'
const deleted = 'daemonset.apps "fluentd-logging" deleted'

const writes = (requests: readonly RecordedRequest[]): readonly RecordedRequest[] =>
  requests.filter(({ method }) => method !== 'GET')

describe('a real kubectl that deletes and waits', { skip: withoutKubectl }, () => {
  let kubectl: Kubectl
  let stop: (() => void) | undefined
  before(async () => {
    kubectl = await Kubectl.start({ nodes: 3 })
  })
  after(() => kubectl[Symbol.asyncDispose]())
  afterEach(() => stop?.())

  const client = () => kubectl.served.cluster.client('test')
  const podNames = async () =>
    (await kubectl.run('get', 'pods', '-l', 'app=fluentd-logging', '-o', 'name')).trim()
  const begin = async () => {
    await kubectl.run('apply', '-f', manifest)
    await kubectl.run('rollout', 'status', ds, '--timeout=50s')
  }
  const map = (name: string, metadata: object = {}) =>
    client().create('ConfigMap', { metadata: { name, namespace: 'default', ...metadata } })
  const path = (name: string) => `/api/v1/namespaces/default/configmaps/${name}`

  it('KUBECTL-37: delete sends propagation and grace as told', async () => {
    const bodyOf = async (...args: string[]) => {
      const { requests } = await kubectl.ok('delete', ...args)
      const [request, ...others] = writes(requests)
      assert.deepEqual(others, [])
      assert.equal(request?.method, 'DELETE')
      return JSON.parse(request?.body ?? '')
    }
    await begin()
    const before = await podNames()
    assert.deepEqual(await bodyOf(ds, '--cascade=orphan'), { propagationPolicy: 'Orphan' })
    assert.equal(await podNames(), before)
    await begin()
    assert.deepEqual(await bodyOf(ds, '--cascade=foreground'), { propagationPolicy: 'Foreground' })
    assert.equal(await podNames(), '')
    await begin()
    assert.deepEqual(await bodyOf(ds), { propagationPolicy: 'Background' })
    await kubectl.run('wait', '--for=delete', 'pod', '-l', 'app=fluentd-logging', '--timeout=50s')
    const policy = { propagationPolicy: 'Background' }
    for (const [flags, gracePeriodSeconds] of [
      [['--grace-period=7'], 7],
      [['--grace-period=0'], 1],
      [['--force'], 0],
      [['--now'], 1],
    ] as const) {
      await map('graceful')
      const body = await bodyOf('configmap', 'graceful', ...flags)
      assert.deepEqual(body, { gracePeriodSeconds, ...policy })
    }
  })

  it('KUBECTL-38: delete takes the UID from the answer and waits', async () => {
    await begin()
    const outcome = await kubectl.ok('delete', ds, '--cascade=foreground')
    assert.ok(outcome.out.startsWith(deleted))
    // The answer was the object, which stays for its pods: so it was waited for.
    assert.equal((await kubectl.ask('get', ds)).code, 1)
    assert.ok(outcome.requests.filter(({ method }) => method === 'GET').length > 0)
    await map('held', { finalizers: ['example.com/hold'] })
    const impatient = await kubectl.ok('delete', 'configmap', 'held', '--wait=false')
    assert.deepEqual(impatient.lines, [`DELETE ${path('held')}`])
    assert.equal((await kubectl.ask('get', 'configmap', 'held')).code, 0)
    await kubectl.run(
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    )
    // A Status that names the UID: another object of that name is not waited for.
    const { metadata } = await map('swift')
    const answer = await kubectl.served.ask('DELETE', path('swift'))
    assert.deepEqual([answer.json.kind, answer.json.details.uid], ['Status', metadata.uid])
  })

  it('KUBECTL-39: delete of many is one delete each', async () => {
    for (const name of ['a', 'b', 'c']) await map(name, { labels: { group: name } })
    const named = await kubectl.ok('delete', 'configmap', 'a', 'b')
    assert.deepEqual(
      writes(named.requests).map(({ line }) => line),
      [`DELETE ${path('a')}`, `DELETE ${path('b')}`],
    )
    const selected = await kubectl.ok('delete', 'configmap', '-l', 'group=c')
    assert.match(selected.lines[0] ?? '', /^GET .*\/configmaps\?labelSelector=group=c/)
    assert.deepEqual(
      writes(selected.requests).map(({ line }) => line),
      [`DELETE ${path('c')}`],
    )
    for (const name of ['d', 'e']) {
      await client().create('Secret', { metadata: { name, namespace: 'default' } })
    }
    const all = await kubectl.ok('delete', 'secrets', '--all')
    const secrets = '/api/v1/namespaces/default/secrets'
    assert.match(all.lines[0] ?? '', /^GET .*\/secrets/)
    assert.deepEqual(
      writes(all.requests).map(({ line }) => line),
      [`DELETE ${secrets}/d`, `DELETE ${secrets}/e`],
    )
    const none = await kubectl.ok('delete', 'poddisruptionbudget', '--all')
    assert.equal(none.out, 'No resources found\n')
  })

  it('KUBECTL-40: delete waits for 404, a deletion or another UID', async () => {
    const finalizers = ['example.com/hold']
    const release = (name: string) =>
      client().patch(
        'ConfigMap',
        { name, namespace: 'default' },
        {
          type: 'merge',
          body: { metadata: { finalizers: null } },
        },
      )
    await map('waited-for', { finalizers })
    const waiting = kubectl.ok('delete', 'configmap', 'waited-for')
    await new Promise((done) => setTimeout(done, 1_500))
    await release('waited-for')
    const { requests } = await waiting
    const watch = requests.find(({ query }) => query.get('watch') === 'true')
    assert.equal(watch?.query.get('fieldSelector'), 'metadata.name=waited-for')
    if (hasWatchList) assert.equal(watch?.query.get('sendInitialEvents'), 'true')
    // Made anew under its name before kubectl looks: that is another object.
    await map('replaced')
    const { server } = kubectl.served.cluster
    stop = server.intercept(({ verb, kind, name, userAgent }) => {
      if (verb !== 'get' || kind !== 'ConfigMap' || name !== 'replaced') return
      if (userAgent.startsWith('kubectl')) remake()
    })
    const remake = () => {
      stop?.()
      server.handle({
        verb: 'create',
        kind: 'ConfigMap',
        namespace: 'default',
        body: { metadata: { name: 'replaced' } },
        userAgent: 'test',
      })
    }
    const replaced = await kubectl.ok('delete', 'configmap', 'replaced', '--timeout=20s')
    assert.deepEqual(
      replaced.requests.map(({ method }) => method),
      ['DELETE', 'GET'],
    )
    assert.equal((await kubectl.ask('get', 'configmap', 'replaced')).code, 0)
  })

  it('KUBECTL-41: delete can run dry', async () => {
    await map('dry')
    const { out, requests } = await kubectl.ok('delete', 'configmap', 'dry', '--dry-run=server')
    assert.match(out, /^configmap "dry" deleted .*\(server dry run\)/)
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['DELETE'],
    )
    assert.deepEqual(JSON.parse(requests[0]?.body ?? '').dryRun, ['All'])
    assert.equal((await kubectl.ask('get', 'configmap', 'dry')).code, 0)
  })

  it('KUBECTL-42: delete of a namespace waits until it is empty', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'temp' } }
    await kubectl.run('apply', '-f', kubectl.file('temp.json', namespace))
    await kubectl.run('apply', '-n', 'temp', '-f', manifest)
    await kubectl.run('rollout', 'status', '-n', 'temp', ds, '--timeout=50s')
    const { out, lines } = await kubectl.ok('delete', 'ns', 'temp')
    assert.match(out, /^namespace "temp" deleted/)
    assert.equal(lines[0], 'DELETE /api/v1/namespaces/temp')
    // It went only when the last of its content had gone.
    assert.match((await kubectl.ask('get', 'ns', 'temp')).err, /namespaces "temp" not found/)
    assert.deepEqual((await client().list('Pod', { namespace: 'temp' })).items, [])
    assert.deepEqual((await client().list('DaemonSet', { namespace: 'temp' })).items, [])
  })

  it('KUBECTL-51: wait for a condition watches one object', async () => {
    const { out, requests } = await kubectl.ok('wait', '--for=condition=Ready', 'node/node-1')
    assert.equal(out, 'node/node-1 condition met\n')
    assert.equal(requests[0]?.line, 'GET /api/v1/nodes/node-1')
    if (hasWatchList) {
      assert.equal(requests[1]?.query.get('fieldSelector'), 'metadata.name=node-1')
      assert.equal(requests[1]?.query.get('sendInitialEvents'), 'true')
    }
    await kubectl.ok('wait', '--for=condition=ready=TRUE', 'node/node-1')
    await kubectl.ok('wait', '--for=condition=MemoryPressure=false', 'node/node-1')
    const vain = await kubectl.ask('wait', '--for=condition=Nosuch', 'node/node-1', '--timeout=1s')
    assert.deepEqual(
      [vain.code, vain.err],
      [1, 'error: timed out waiting for the condition on nodes/node-1\n'],
    )
    // A condition of an earlier generation does not count.
    await begin()
    const conditions = (observedGeneration: number) => [
      {
        type: 'Seen',
        status: 'True',
        observedGeneration,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ]
    const pod = (await podNames()).split('\n')[0] ?? ''
    const name = pod.replace('pod/', '')
    const set = (observedGeneration: number) =>
      client().patch(
        'Pod',
        { name, namespace: 'default' },
        { type: 'strategic', body: { status: { conditions: conditions(observedGeneration) } } },
        { subresource: 'status' },
      )
    await set(1)
    await kubectl.ok('wait', '--for=condition=Seen', pod, '--timeout=5s')
    const containers = '{"spec":{"containers":[{"name":"fluentd","image":"fluentd:other"}]}}'
    await kubectl.ok('patch', pod, '-p', containers) // A second generation.
    assert.equal((await kubectl.ask('wait', '--for=condition=Seen', pod, '--timeout=1s')).code, 1)
    await set(2)
    await kubectl.ok('wait', '--for=condition=Seen', pod, '--timeout=5s')
  })

  it('KUBECTL-52: wait for a value, a creation or a deletion works alike', async () => {
    await kubectl.ok('wait', '--for=jsonpath={.status.numberReady}=3', ds)
    await kubectl.ok('wait', '--for=jsonpath={.status.numberReady}', ds)
    const wrong = await kubectl.ask(
      'wait',
      '--for=jsonpath={.status.numberReady}=4',
      ds,
      '--timeout=1s',
    )
    assert.equal(wrong.code, 1)
    const creation = kubectl.ok('wait', '--for=create', 'configmap/awaited', '--timeout=20s')
    await new Promise((done) => setTimeout(done, 1_000))
    await map('awaited')
    assert.match((await creation).out, /configmap\/awaited condition met/)
    const missing = await kubectl.ok('wait', '--for=delete', 'configmap/nosuch')
    assert.deepEqual(missing.lines, [`GET ${path('nosuch')}`])
    const deletion = kubectl.ok('wait', '--for=delete', 'configmap/awaited', '--timeout=20s')
    await new Promise((done) => setTimeout(done, 1_000))
    await client().delete('ConfigMap', { name: 'awaited', namespace: 'default' })
    assert.match((await deletion).out, /configmap\/awaited condition met/)
  })

  it('KUBECTL-53: wait for many needs at least one', async () => {
    const some = await kubectl.ok(
      'wait',
      '--for=condition=Ready',
      'pod',
      '-l',
      'app=fluentd-logging',
    )
    assert.match(some.lines[0] ?? '', /^GET .*\/pods\?labelSelector=app=fluentd-logging/)
    assert.equal((some.out.match(/condition met/g) ?? []).length, 3)
    const none = await kubectl.ask('wait', '--for=condition=X', 'pod', '-l', 'no=such')
    assert.deepEqual([none.code, none.err], [1, 'error: no matching resources found\n'])
    await kubectl.ok('wait', '--for=delete', 'pod', '-l', 'no=such')
  })
})
