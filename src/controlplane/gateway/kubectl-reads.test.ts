import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { isCurrent, Kubectl, manifest, withoutKubectl } from './testing/kubectl'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const one = `${daemonSets}/fluentd-logging`
const ds = 'daemonset/fluentd-logging'
const table = /^application\/json;as=Table;v=v1;g=meta\.k8s\.io,/

describe('a real kubectl that reads', { skip: withoutKubectl }, () => {
  let kubectl: Kubectl
  before(async () => {
    kubectl = await Kubectl.startRolledOut()
  })
  after(() => kubectl[Symbol.asyncDispose]())

  it('KUBECTL-01: it names itself and its command, and reads JSON', async () => {
    const { all, requests } = await kubectl.ok('get', 'ds', '-o', 'json')
    // Some kubectls are a front that asks for the version first, to choose the real one.
    for (const { headers } of all.filter(({ path }) => path !== '/version')) {
      assert.equal(headers['kubectl-command'], 'kubectl get')
      assert.match(String(headers['kubectl-session']), /^[0-9a-f-]{36}$/)
      assert.match(
        headers['user-agent'] ?? '',
        /^kubectl\S*\/v1\.\d+\.\S+ \(\w+\/\w+\) kubernetes\//,
      )
    }
    assert.equal(requests[0]?.headers.accept, 'application/json')
    // Typed reads would rather have protobuf, and take JSON.
    const described = await kubectl.ok('describe', ds)
    const accepted = described.requests.map(({ headers }) => headers.accept)
    assert.ok(accepted.includes('application/vnd.kubernetes.protobuf,application/json'))
  })

  it('KUBECTL-02: errors have reason and message, and the exit code is 1', async () => {
    const missing = await kubectl.ask('get', 'ds', 'nosuch')
    assert.deepEqual(
      [missing.code, missing.err],
      [1, 'Error from server (NotFound): daemonsets.apps "nosuch" not found\n'],
    )
    const again = await kubectl.ask('create', '-f', manifest)
    assert.deepEqual(
      [again.code, again.err],
      [
        1,
        `Error from server (AlreadyExists): error when creating "${manifest}": daemonsets.apps "fluentd-logging" already exists\n`,
      ],
    )
    const other = kubectl.file('other.json', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'other' },
    })
    assert.equal((await kubectl.ask('diff', '-f', other)).code, 1)
    assert.ok((await kubectl.ask('diff', '-f', '/nosuch')).code >= 1)
  })

  it('KUBECTL-03: a missing namespace is noticed only on create', async () => {
    const { code, err } = await kubectl.ok('get', 'ds', '-n', 'nowhere')
    assert.deepEqual([code, err], [0, 'No resources found in nowhere namespace.\n'])
    const deleted = await kubectl.ask('delete', 'ds', 'x', '-n', 'nowhere')
    assert.match(deleted.err, /daemonsets\.apps "x" not found/)
    const created = await kubectl.ask('create', '-n', 'nowhere', '-f', manifest)
    assert.match(created.err, /\(NotFound\): .*namespaces "nowhere" not found/)
    for (const { lines } of [created, deleted]) {
      assert.ok(lines.every((line) => !/\/api\/v1\/namespaces\/nowhere$/.test(line)))
    }
  })

  it('KUBECTL-05: get lists in pages of 500 rows, as tables', async () => {
    const client = kubectl.served.cluster.client('test')
    for (let index = 0; index < 1_001; index++) {
      const name = `many-${String(index).padStart(4, '0')}`
      await client.create('ConfigMap', { metadata: { name, namespace: 'default' } })
    }
    const list = await kubectl.ok('get', 'configmaps', '--no-headers')
    assert.equal(list.out.trim().split('\n').length, 1_002) // And kube-root-ca.crt.
    assert.equal(list.requests.length, 3)
    for (const [index, { query, headers }] of list.requests.entries()) {
      assert.equal(query.get('limit'), '500')
      assert.equal(query.has('continue'), index > 0)
      assert.match(headers.accept ?? '', table)
    }
    const single = await kubectl.ok('get', 'ds', 'fluentd-logging')
    assert.deepEqual(single.lines, [`GET ${one}`])
    assert.match(single.requests[0]?.headers.accept ?? '', table)
    const everywhere = await kubectl.ok('get', 'ds', '-A', '-l', 'app in (a,b)')
    assert.deepEqual(everywhere.lines, [
      'GET /apis/apps/v1/daemonsets?labelSelector=app in (a,b)&limit=500',
    ])
    const selected = await kubectl.ok('get', 'ds', '--field-selector=metadata.name=x')
    assert.deepEqual(selected.lines, [`GET ${daemonSets}?fieldSelector=metadata.name=x&limit=500`])
    await client.deleteCollection('ConfigMap', { namespace: 'default' })
  })

  it('KUBECTL-06: get in other formats reads plain objects', async () => {
    const sorted = await kubectl.ok('get', 'ds', '--sort-by=.metadata.name')
    assert.deepEqual(sorted.lines, [`GET ${daemonSets}?includeObject=Object`])
    for (const format of [
      ...['json', 'yaml', 'name', 'jsonpath={.items[*].kind}'],
      ...['go-template={{.kind}}', 'custom-columns=N:.metadata.name'],
    ]) {
      const { requests } = await kubectl.ok('get', 'ds', '-o', format)
      assert.equal(requests.length, 1, format)
      assert.equal(requests[0]?.headers.accept, 'application/json')
      assert.equal(requests[0]?.query.has('includeObject'), false)
    }
    const wrapped = JSON.parse(await kubectl.run('get', 'ds', '-o', 'json'))
    assert.deepEqual(
      [wrapped.kind, wrapped.apiVersion, wrapped.metadata.resourceVersion],
      ['List', 'v1', ''],
    )
    const hidden = JSON.parse(await kubectl.run('get', ds, '-o', 'json'))
    assert.equal('managedFields' in hidden.metadata, false)
    const shown = await kubectl.run('get', ds, '-o', 'json', '--show-managed-fields')
    assert.ok(JSON.parse(shown).metadata.managedFields.length > 0)
  })

  it('KUBECTL-07: get reads subresources and raw paths', async () => {
    const status = await kubectl.ok('get', ds, '--subresource=status', '-o', 'json')
    assert.deepEqual(status.lines, [`GET ${one}/status`])
    assert.equal(JSON.parse(status.out).status.numberReady, 3)
    const whole = await kubectl.ok('get', 'ds', '--chunk-size=0')
    assert.deepEqual(whole.lines, [`GET ${daemonSets}`])
    const raw = await kubectl.ok('get', '--raw', `${one}/status`)
    assert.deepEqual(raw.lines, [`GET ${one}/status`])
    assert.equal(JSON.parse(raw.out).kind, 'DaemonSet')
    const ignored = await kubectl.ok('get', 'ds', 'nosuch', '--ignore-not-found')
    assert.deepEqual([ignored.code, ignored.out], [0, ''])
  })

  it('KUBECTL-08: get -w lists, then watches from there, and ends with the stream', async () => {
    const changeSoon = async () => {
      await new Promise((done) => setTimeout(done, 1_500))
      const client = kubectl.served.cluster.client('test')
      const body = { metadata: { annotations: { watched: String(Math.random()) } } }
      const key = { name: 'fluentd-logging', namespace: 'default' }
      await client.patch('DaemonSet', key, { type: 'merge', body })
    }
    for (const flag of ['-w', '--watch-only']) {
      const watching = kubectl.ok('get', 'ds', flag, '--request-timeout=4s')
      await changeSoon()
      const { out, requests, code } = await watching
      assert.equal(code, 0)
      const [list, watch, ...others] = requests
      assert.deepEqual(others, [])
      assert.deepEqual([list?.path, list?.query.get('limit')], [daemonSets, '500'])
      assert.deepEqual([...(watch?.query.keys() ?? [])].sort(), [
        ...['resourceVersion', 'timeout', 'watch'],
      ])
      assert.match(watch?.query.get('resourceVersion') ?? '', /^[1-9]\d*$/)
      assert.match(watch?.headers.accept ?? '', table)
      const rows = out.match(/^fluentd-logging /gm) ?? []
      assert.equal(rows.length, flag === '-w' ? 2 : 1, out)
    }
  })

  it('KUBECTL-09: get all lists kind by kind, and names an unknown type', async () => {
    const { out, err, lines } = await kubectl.ok('get', 'all')
    assert.deepEqual(
      lines.map((line) => line.replace(/^GET .*\/(\w+)\?limit=500$/, '$1')),
      [
        ...['pods', 'replicationcontrollers', 'services'],
        ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
      ],
    )
    assert.match(out, /^daemonset\.apps\/fluentd-logging /m)
    assert.equal(err, '') // Kinds of which there are none are silent.
    assert.doesNotMatch(out, /deployment|replicaset/)
    const unknown = await kubectl.ask('get', 'nosuch')
    assert.equal(unknown.err, 'error: the server doesn\'t have a resource type "nosuch"\n')
    assert.ok(unknown.all.some(({ path }) => path === '/apis'))
  })

  it('KUBECTL-10: describe reads a DaemonSet, its pods and its events', async () => {
    const { out, lines } = await kubectl.ok('describe', ds)
    const [first, second, pods, events, ...others] = lines
    assert.deepEqual(
      [first, second, pods, others],
      [
        `GET ${one}`,
        `GET ${one}`,
        'GET /api/v1/namespaces/default/pods?labelSelector=app=fluentd-logging&limit=500',
        [],
      ],
    )
    for (const part of [
      ...['involvedObject.uid=', 'involvedObject.name=fluentd-logging'],
      ...['involvedObject.namespace=default', 'involvedObject.kind=DaemonSet', 'limit=500'],
    ]) {
      assert.ok(events?.includes(part), events)
    }
    assert.match(out, /Desired Number of Nodes Scheduled: 3/)
    assert.match(out, /Pods Status: +3 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed/)
    assert.match(out, /Normal +SuccessfulCreate/)
  })

  it('KUBECTL-11: describe reads a pod and its events, and finds it by a prefix', async () => {
    const pod = (await kubectl.run('get', 'pods', '-o', 'name')).split('\n')[0] ?? ''
    const name = pod.replace('pod/', '')
    const path = `/api/v1/namespaces/default/pods/${name}`
    const { out, lines } = await kubectl.ok('describe', pod)
    assert.deepEqual(lines.slice(0, 2), [`GET ${path}`, `GET ${path}`])
    assert.match(lines[2] ?? '', /^GET \/api\/v1\/namespaces\/default\/events\?fieldSelector=/)
    assert.ok(lines[2]?.includes(`involvedObject.name=${name}`))
    assert.match(out, /Controlled By: +DaemonSet\/fluentd-logging/)
    assert.match(out, /Normal +Scheduled .*Successfully assigned/)
    const prefixed = await kubectl.ok('describe', 'pod', 'fluentd-logging')
    assert.equal((prefixed.out.match(/^Name: /gm) ?? []).length, 3)
    assert.ok(prefixed.lines.some((line) => /\/pods\?limit=500$|\/pods$/.test(line)))
  })

  it('KUBECTL-12: describe reads a node, its pods, events and lease', async () => {
    const { out, lines } = await kubectl.ok('describe', 'node', 'node-1')
    const sorted = (line = '') =>
      line
        .split(/[?&,]|fieldSelector=/)
        .filter(Boolean)
        .sort()
    const path = 'GET /api/v1/nodes/node-1'
    assert.deepEqual(lines.slice(0, 2), [path, path])
    assert.deepEqual(sorted(lines[2]), [
      'GET /api/v1/pods',
      'limit=500',
      'spec.nodeName=node-1',
      'status.phase!=Failed',
      'status.phase!=Succeeded',
    ])
    const uids = lines.flatMap((line) => /involvedObject\.uid=([^,&]*)/.exec(line)?.[1] ?? [])
    assert.equal(uids.length, 2)
    assert.match(uids[0] ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(uids[1], 'node-1') // Kubelets name it so.
    const leases = 'GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1'
    assert.ok(lines.includes(leases))
    if (isCurrent) {
      const slices =
        'GET /apis/resource.k8s.io/v1/resourceslices?fieldSelector=spec.nodeName=node-1'
      assert.ok(lines.includes(slices))
    }
    assert.match(out, /Lease:\n +HolderIdentity: +node-1/)
    assert.match(out, /fluentd-logging-/)
    assert.match(out, /Starting kubelet\./)
  })

  it('KUBECTL-13: events are listed, sorted and watched', async () => {
    const events = '/api/v1/namespaces/default/events'
    const { out, lines } = await kubectl.ok('events')
    assert.deepEqual(lines, [`GET ${events}?limit=500`])
    assert.match(out, /Successfully assigned default\/fluentd-logging/)
    const own = await kubectl.ok('events', '--for', ds)
    for (const part of [
      'involvedObject.kind=DaemonSet',
      'involvedObject.apiVersion=apps/v1',
      'involvedObject.name=fluentd-logging',
    ]) {
      assert.ok(own.lines[0]?.includes(part), own.lines[0])
    }
    assert.match(own.out, /SuccessfulCreate/)
    assert.doesNotMatch(own.out, /Scheduled/)
    const listed = await kubectl.ok('get', 'events')
    assert.deepEqual(listed.lines, [`GET ${events}?limit=500`])
    assert.match(listed.out, /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/)
    const watched = await kubectl.ask('events', '-w', '--request-timeout=3s')
    assert.ok(
      watched.lines.some((line) => line.includes('watch=true')),
      String(watched.lines),
    )
  })

  it('KUBECTL-14, DISC-25: api-resources, explain, version and cluster-info read what they need', async () => {
    await kubectl.ok('api-resources')
    for (const command of ['api-resources', 'api-versions']) {
      const { out, all } = await kubectl.ok(command)
      assert.match(out, command === 'api-versions' ? /^apps\/v1$/m : /^daemonsets +ds +apps\/v1/m)
      const roots = all.filter(({ path }) => path === '/api' || path === '/apis')
      assert.equal(roots.length, 2)
      // What is on disk is asked for again by its mark, and not sent again.
      for (const { headers } of roots) assert.match(headers['if-none-match'] ?? '', /^"[0-9A-F]+"$/)
    }
    const explained = await kubectl.ok('explain', 'daemonset.spec.updateStrategy')
    assert.match(explained.out, /rollingUpdate\s+<RollingUpdateDaemonSet>/)
    assert.deepEqual(explained.requests, [])
    assert.ok(explained.all.some(({ path }) => path.startsWith('/openapi/')))
    const version = await kubectl.ok('version')
    assert.match(version.out, /Server Version: v1\.36\.\d+/)
    assert.equal(version.all.at(-1)?.line, 'GET /version?timeout=32s')
    assert.ok(version.all.every(({ path }) => path === '/version'))
    const info = await kubectl.ok('cluster-info')
    assert.match(info.out, /control plane.* is running at/)
    assert.deepEqual(info.lines, [
      'GET /api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io/cluster-service=true',
    ])
    const top = await kubectl.ask('top', 'nodes')
    assert.deepEqual([top.code, top.err], [1, 'error: Metrics API not available\n'])
  })

  it('DISC-34: only commands that validate or explain fetch OpenAPI', async () => {
    const fetches = async (...args: string[]) =>
      (await kubectl.ask(...args)).all.some(({ path }) => path.startsWith('/openapi/'))
    for (const args of [
      ['apply', '-f', manifest],
      ['create', '-f', manifest],
      ['replace', '-f', manifest],
      ['diff', '-f', manifest],
      ['explain', 'ds.spec'],
    ]) {
      assert.equal(await fetches(...args), true, args[0])
    }
    const edited = await kubectl.askWith({ env: { KUBE_EDITOR: 'true' } }, 'edit', ds)
    assert.ok(edited.all.some(({ path }) => path.startsWith('/openapi/')))
    for (const args of [
      ['get', 'ds'],
      ['describe', ds],
      ['delete', 'ds', 'nosuch'],
      ['label', ds, 'a=b', '--overwrite'],
      ['annotate', ds, 'a=b', '--overwrite'],
      ['taint', 'node', 'node-1', 'a=b:PreferNoSchedule', '--overwrite'],
      ['rollout', 'history', ds],
      ['rollout', 'restart', ds],
      ['set', 'image', ds, 'fluentd=fluentd:v9'],
      ['wait', '--for=create', ds],
      ['scale', ds, '--replicas=2'],
      ['patch', ds, '-p', '{"spec":{"minReadySeconds":0}}'],
    ]) {
      assert.equal(await fetches(...args), false, args.join(' '))
    }
  })
})
