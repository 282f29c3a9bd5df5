import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { StatusError } from '../../kubernetes/status-error'
import { isCurrent, Kubectl, manifest, withoutKubectl } from './testing/kubectl'
import type { RecordedRequest } from './testing/recording-proxy'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const one = `${daemonSets}/fluentd-logging`
const ds = 'daemonset/fluentd-logging'
const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
const strategic = 'application/strategic-merge-patch+json'
const merge = 'application/merge-patch+json'
const applied = 'application/apply-patch+yaml'
const text = readFileSync(manifest, 'utf8')

const typeOf = ({ headers }: RecordedRequest): string | undefined => headers['content-type']
const writes = (requests: readonly RecordedRequest[]): readonly RecordedRequest[] =>
  requests.filter(({ method }) => method !== 'GET')

describe('a real kubectl that writes', { skip: withoutKubectl }, () => {
  let kubectl: Kubectl
  before(async () => {
    kubectl = await Kubectl.start({ nodes: 2 })
  })
  after(() => kubectl[Symbol.asyncDispose]())

  const withImage = (image: string) =>
    kubectl.file('changed.yaml', text.replace(/image: .*/, `image: ${image}`))
  const image = () =>
    kubectl.run('get', ds, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')
  /** The only write among the requests. */
  const onlyWrite = ({ requests }: { readonly requests: readonly RecordedRequest[] }) => {
    const [write, ...others] = writes(requests)
    assert.ok(write)
    assert.deepEqual(others, [])
    return write
  }

  it('KUBECTL-15: apply creates what is missing', async () => {
    const outcome = await kubectl.ok('apply', '-f', manifest)
    assert.equal(outcome.out, 'daemonset.apps/fluentd-logging created\n')
    assert.deepEqual(outcome.lines, [
      `GET ${one}`,
      `POST ${daemonSets}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`,
    ])
    assert.ok(outcome.all.some(({ path }) => path.startsWith('/openapi/v3')))
    const sent = JSON.parse(onlyWrite(outcome).body)
    const last = sent.metadata.annotations[annotation]
    assert.ok(last.endsWith('}\n'))
    assert.equal(last, `${JSON.stringify(JSON.parse(last))}\n`)
  })

  it('KUBECTL-16: apply patches what differs, and sends nothing else', async () => {
    const same = await kubectl.ok('apply', '-f', manifest)
    assert.equal(same.out, 'daemonset.apps/fluentd-logging unchanged\n')
    assert.deepEqual(writes(same.requests), [])
    const changed = await kubectl.ok('apply', '-f', withImage('fluentd:v2'))
    assert.equal(changed.out, 'daemonset.apps/fluentd-logging configured\n')
    const patch = onlyWrite(changed)
    assert.equal(
      patch.line,
      `PATCH ${one}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`,
    )
    assert.equal(typeOf(patch), strategic)
    const { metadata, spec, ...rest } = JSON.parse(patch.body)
    assert.deepEqual(
      [Object.keys(metadata), Object.keys(spec), rest],
      [['annotations'], ['template'], {}],
    )
    assert.equal(await image(), 'fluentd:v2')
  })

  it('KUBECTL-17: apply reads again after a conflict, and --force makes anew what cannot be changed', async () => {
    let conflicts = 2
    const stop = kubectl.served.cluster.server.intercept(({ verb, kind }) =>
      verb === 'patch' && kind === 'DaemonSet' && conflicts-- > 0
        ? new StatusError('Conflict', 'the object has been modified')
        : undefined,
    )
    const retried = await kubectl.ok('apply', '-f', withImage('fluentd:v3'))
    stop()
    assert.equal(await image(), 'fluentd:v3')
    const methods = retried.requests.map(({ method }) => method).join(' ')
    assert.match(methods, /PATCH GET PATCH GET PATCH$/)
    const moved = kubectl.file('moved.yaml', text.replaceAll('fluentd-logging', 'moved'))
    await kubectl.ok('apply', '-f', moved)
    const relabelled = kubectl.file(
      'relabelled.yaml',
      text
        .replaceAll('app: fluentd-logging', 'app: relabelled')
        .replaceAll('fluentd-logging', 'moved'),
    )
    assert.match((await kubectl.ask('apply', '-f', relabelled)).err, /field is immutable/)
    const forced = await kubectl.ok('apply', '--force', '-f', relabelled)
    assert.match(
      forced.requests.map(({ method }) => method).join(' '),
      /PATCH (GET PATCH )*(GET )*DELETE (GET )+POST$/,
    )
    await kubectl.ok('delete', 'ds', 'moved')
  })

  it('KUBECTL-18: apply can run dry, prune and show the last configuration', async () => {
    const server = await kubectl.ok('apply', '--dry-run=server', '-f', withImage('fluentd:v4'))
    assert.match(server.out, /configured \(server dry run\)/)
    assert.equal(onlyWrite(server).query.get('dryRun'), 'All')
    const client = await kubectl.ok('apply', '--dry-run=client', '-f', withImage('fluentd:v4'))
    assert.ok(client.requests.length > 0)
    assert.deepEqual(writes(client.requests), [])
    assert.equal(await image(), 'fluentd:v3')
    const map = (name: string) =>
      kubectl.file(`${name}.json`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, labels: { pruned: 'yes' } },
      })
    await kubectl.ok('apply', '-f', map('old'))
    const pruned = await kubectl.ok(
      ...['apply', '--prune', '-l', 'pruned=yes', '-f', map('new')],
      '--prune-allowlist=core/v1/ConfigMap',
    )
    assert.match(pruned.out, /configmap\/old pruned/)
    assert.ok(pruned.lines.some((line) => line.includes('/configmaps?labelSelector=pruned=yes')))
    assert.ok(pruned.lines.some((line) => /^DELETE .*\/configmaps\/old$/.test(line)))
    const shown = await kubectl.ok('apply', 'view-last-applied', ds)
    assert.deepEqual(shown.lines, [`GET ${one}`])
    assert.match(shown.out, /image: fluentd:v3/)
    await kubectl.ok('delete', 'configmap', 'new')
  })

  it('KUBECTL-19: apply on the server is one patch', async () => {
    const own = kubectl.file('own.yaml', text.replaceAll('fluentd-logging', 'server-side'))
    const path = `${daemonSets}/server-side?fieldManager=kubectl&fieldValidation=Strict`
    for (const forced of [false, true]) {
      const flags = forced ? ['--force-conflicts'] : []
      const outcome = await kubectl.ok('apply', '--server-side', ...flags, '-f', own)
      assert.equal(outcome.out, 'daemonset.apps/server-side serverside-applied\n')
      assert.deepEqual(outcome.lines, [`PATCH ${path}&force=${forced}`])
      assert.equal(typeOf(onlyWrite(outcome)), applied)
      assert.equal(JSON.parse(onlyWrite(outcome).body).kind, 'DaemonSet')
    }
    await kubectl.ok('set', 'image', 'ds/server-side', 'fluentd=other:1')
    const conflict = await kubectl.ask('apply', '--server-side', '-f', own)
    assert.equal(conflict.code, 1)
    assert.match(
      conflict.err,
      /Apply failed with 1 conflict: conflict with "kubectl-set" using apps\/v1: \.spec\.template\.spec\.containers\[name="fluentd"\]\.image/,
    )
    await kubectl.ok('delete', 'ds', 'server-side')
  })

  it('KUBECTL-20: apply on the server takes over fields managed by the client', async () => {
    const outcome = await kubectl.ok('apply', '--server-side', '-f', withImage('fluentd:v5'))
    assert.equal(outcome.out, 'daemonset.apps/fluentd-logging serverside-applied\n')
    assert.equal(await image(), 'fluentd:v5')
    const steps = outcome.requests
      .filter(({ method }) => method === 'PATCH')
      .map((request) => `${typeOf(request)} ${request.query.get('fieldManager')}`)
    assert.deepEqual(steps, [
      `${applied} kubectl`,
      `${applied} kubectl-last-applied`,
      'application/json-patch+json kubectl',
      `${applied} kubectl`,
    ])
    const rewrite = outcome.requests.find((each) => typeOf(each)?.includes('json-patch'))
    const operations = JSON.parse(rewrite?.body ?? '[]')
    assert.deepEqual(
      operations.map(({ op, path }: { op: string; path: string }) => `${op} ${path}`),
      ['replace /metadata/managedFields', 'replace /metadata/resourceVersion'],
    )
    const managers = await kubectl.run(
      ...['get', ds, '--show-managed-fields', '-o'],
      'jsonpath={.metadata.managedFields[*].manager}',
    )
    assert.doesNotMatch(managers, /client-side-apply/)
    // From then on it is one patch.
    const again = await kubectl.ok('apply', '--server-side', '-f', withImage('fluentd:v5'))
    assert.equal(again.requests.length, 1)
  })

  it('KUBECTL-21: create posts objects to be validated strictly', async () => {
    const own = kubectl.file('created.yaml', text.replaceAll('fluentd-logging', 'created'))
    const created = await kubectl.ok('create', '-f', own)
    assert.deepEqual(created.lines, [
      `POST ${daemonSets}?fieldManager=kubectl-create&fieldValidation=Strict`,
    ])
    assert.ok(created.all.some(({ path }) => path.startsWith('/openapi/v3')))
    const unknown = text
      .replaceAll('fluentd-logging', 'strict')
      .replace('spec:\n', 'spec:\n  nosuch: 1\n')
    const strict = await kubectl.ask('create', '-f', kubectl.file('strict.yaml', unknown))
    assert.match(strict.err, /strict decoding error: unknown field "spec\.nosuch"/)
    const run = await kubectl.ok('run', 'single', '--image=x:1')
    const [post] = writes(run.requests)
    assert.equal(post?.line, 'POST /api/v1/namespaces/default/pods?fieldManager=kubectl-run')
    assert.equal(JSON.parse(post?.body ?? '').kind, 'Pod')
    await kubectl.ok('delete', 'ds/created', 'pod/single', '--now')
  })

  it('API-108, KUBECTL-21: generators post protobuf', async () => {
    const generators: readonly (readonly [kind: string, ...args: string[]])[] = [
      ['namespace', 'generated'],
      ['configmap', 'generated', '--from-literal=a=b'],
      ['secret', 'generic', 'generated', '--from-literal=a=b'],
      ['serviceaccount', 'generated'],
      ['quota', 'generated', '--hard=pods=5,requests.cpu=1500m'],
      ['priorityclass', 'generated', '--value=5', '--description=of a test'],
      ['poddisruptionbudget', 'generated', '--selector=a=b', '--min-available=10%'],
    ]
    for (const args of generators) {
      const made = await kubectl.ok('create', ...args)
      assert.match(made.out, /generated created/)
      assert.equal(typeOf(onlyWrite(made)), 'application/vnd.kubernetes.protobuf', args[0])
    }
    const said = (type: string, path: string) =>
      kubectl.run('get', type, 'generated', '-o', `jsonpath=${path}`)
    assert.equal(await said('configmap', '{.data}'), '{"a":"b"}')
    assert.equal(await said('secret', '{.type} {.data.a}'), 'Opaque Yg==')
    assert.equal(await said('quota', '{.spec.hard}'), '{"pods":"5","requests.cpu":"1500m"}')
    assert.equal(await said('priorityclass', '{.value} {.description}'), '5 of a test')
    assert.equal(await said('pdb', '{.spec.minAvailable} {.spec.selector.matchLabels.a}'), '10% b')
    const again = await kubectl.ask('create', 'namespace', 'generated')
    assert.equal(
      again.err,
      'Error from server (AlreadyExists): namespaces "generated" already exists\n',
    )
    const invalid = await kubectl.ask('create', 'configmap', 'Not_A_Name')
    assert.match(invalid.err, /ConfigMap "Not_A_Name" is invalid: metadata\.name: Invalid value/)
    for (const [kind] of generators) await kubectl.ok('delete', kind, 'generated')
  })

  it('KUBECTL-55: auth posts reviews, as protobuf', async () => {
    const allowed = await kubectl.ok('auth', 'can-i', 'delete', 'daemonsets')
    assert.equal(allowed.out, 'yes\n')
    const { path, headers } = onlyWrite(allowed)
    assert.equal(path, '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
    assert.equal(headers['content-type'], 'application/vnd.kubernetes.protobuf')
    assert.match(await kubectl.run('auth', 'can-i', '--list'), /^\*\.\* {2}.*\[\*\]/m)
    const who = await kubectl.ok('auth', 'whoami')
    assert.match(who.out, /^Username +kubernetes-admin$/m)
  })

  it('DISC-33: a kind that is not served, or can only be read, is named as such', async () => {
    const of = (apiVersion: string, kind: string) =>
      kubectl.file(`${kind}.json`, { apiVersion, kind, metadata: { name: 'x' }, spec: {} })
    const job = await kubectl.ask('apply', '-f', of('batch/v1', 'Job'))
    assert.equal(job.code, 1)
    assert.match(job.err, /no matches for kind "Job" in version "batch\/v1"/)
    for (const command of ['apply', 'create']) {
      const { code, err } = await kubectl.ask(command, '-f', of('apps/v1', 'Deployment'))
      assert.equal(code, 1)
      assert.match(err, /\(MethodNotAllowed\).*: deployments\.apps can only be read here/)
    }
  })

  it('KUBECTL-22: replace puts the file as it is', async () => {
    const replaced = await kubectl.ok('replace', '-f', withImage('fluentd:v6'))
    assert.equal(replaced.out, 'daemonset.apps/fluentd-logging replaced\n')
    const put = onlyWrite(replaced)
    assert.equal(put.line, `PUT ${one}?fieldManager=kubectl-replace&fieldValidation=Strict`)
    // The file as it is, save for the version: without one in the file, that of the object is put in.
    const { metadata, ...body } = JSON.parse(put.body)
    assert.deepEqual(replaced.lines[0], `GET ${one}`)
    assert.match(metadata.resourceVersion, /^\d+$/)
    assert.equal(body.spec.template.spec.containers[0].image, 'fluentd:v6')
    assert.equal('updateStrategy' in body.spec, false)
    const stale = await kubectl.run('get', ds, '-o', 'json')
    await kubectl.ok('annotate', ds, 'touched=1')
    const late = await kubectl.ask('replace', '-f', kubectl.file('stale.json', stale))
    assert.match(late.err, /\(Conflict\).*the object has been modified/)
    const forced = await kubectl.ok('replace', '--force', '-f', withImage('fluentd:v7'))
    const methods = forced.requests.map(({ method }) => method)
    assert.match(methods.join(' '), /DELETE (GET )+POST/)
    assert.equal(await image(), 'fluentd:v7')
  })

  it('KUBECTL-23: edit patches what the editor changed', async () => {
    const editor = { KUBE_EDITOR: "sed -i 's/image: fluentd:v7/image: fluentd:v8/'" }
    const edited = await kubectl.okWith({ env: editor }, 'edit', ds)
    assert.equal(edited.out, 'daemonset.apps/fluentd-logging edited\n')
    const patch = onlyWrite(edited)
    assert.equal(patch.line, `PATCH ${one}?fieldManager=kubectl-edit&fieldValidation=Strict`)
    assert.equal(typeOf(patch), strategic)
    const [container] = JSON.parse(patch.body).spec.template.spec.containers
    assert.deepEqual(container, { image: 'fluentd:v8', name: 'fluentd' })
    const idle = await kubectl.okWith({ env: { KUBE_EDITOR: 'true' } }, 'edit', ds)
    assert.match(idle.err + idle.out, /Edit cancelled, no changes made\./)
    assert.deepEqual(writes(idle.requests), [])
  })

  it('KUBECTL-24: diff compares with a dry run', async () => {
    const { resourceVersion } = JSON.parse(await kubectl.run('get', ds, '-o', 'json')).metadata
    await kubectl.ok('apply', '-f', withImage('fluentd:v8'))
    // diff names the version that it compares with, and tries again when a status write comes between.
    await kubectl.run('rollout', 'status', ds, '--timeout=50s')
    const diff = await kubectl.ask('diff', '-f', withImage('fluentd:v9'))
    assert.equal(diff.code, 1, diff.err)
    assert.match(diff.out, /^\+ +- image: fluentd:v9$/m)
    const patch = onlyWrite(diff)
    assert.equal(patch.line, `PATCH ${one}?dryRun=All&fieldManager=kubectl-client-side-apply`)
    assert.equal(typeOf(patch), strategic)
    const sent = JSON.parse(patch.body).metadata.resourceVersion
    assert.ok(Number(sent) >= Number(resourceVersion))
    const missing = kubectl.file('missing.yaml', text.replaceAll('fluentd-logging', 'missing'))
    const created = await kubectl.ask('diff', '-f', missing)
    assert.match(onlyWrite(created).line, /^POST .*daemonsets\?dryRun=All/)
    const side = await kubectl.ask('diff', '--server-side', '-f', withImage('fluentd:v9'))
    assert.equal(typeOf(onlyWrite(side)), applied)
    assert.equal(onlyWrite(side).query.get('dryRun'), 'All')
    assert.equal((await kubectl.ask('diff', '-f', withImage('fluentd:v8'))).code, 0)
    assert.equal(await image(), 'fluentd:v8')
  })

  it('KUBECTL-25, API-164: patch sends what it is given, and tells whether that changed anything', async () => {
    const changed = 'daemonset.apps/fluentd-logging patched\n'
    const patches = [
      ['strategic', strategic, '{"spec":{"minReadySeconds":1}}'],
      ['merge', merge, '{"metadata":{"labels":{"x":"y"}}}'],
      [
        'json',
        'application/json-patch+json',
        '[{"op":"add","path":"/metadata/labels/z","value":"1"}]',
      ],
    ] as const
    for (const [type, mediaType, body] of patches) {
      const outcome = await kubectl.ok('patch', ds, `--type=${type}`, '-p', body)
      assert.equal(outcome.out, changed)
      assert.deepEqual(outcome.lines, [`GET ${one}`, `PATCH ${one}?fieldManager=kubectl-patch`])
      const patch = onlyWrite(outcome)
      assert.deepEqual([typeOf(patch), patch.body], [mediaType, body])
    }
    const same = await kubectl.ok('patch', ds, '-p', '{"spec":{"minReadySeconds":1}}')
    assert.equal(same.out, 'daemonset.apps/fluentd-logging patched (no change)\n')
    const status = await kubectl.ok(
      ...['patch', ds, '--subresource=status', '--type=merge'],
      ...['-p', '{"status":{"numberMisscheduled":0}}'],
    )
    assert.equal(onlyWrite(status).path, `${one}/status`)
    await kubectl.ok('patch', ds, '-p', '{"spec":{"minReadySeconds":0}}')
  })

  it('KUBECTL-26: set patches one container by name', async () => {
    const outcome = await kubectl.ok('set', 'image', ds, 'fluentd=fluentd:v10')
    assert.deepEqual(outcome.lines, [`GET ${one}`, `PATCH ${one}?fieldManager=kubectl-set`])
    const patch = onlyWrite(outcome)
    assert.equal(typeOf(patch), strategic)
    const containers = [{ image: 'fluentd:v10', name: 'fluentd' }]
    assert.deepEqual(JSON.parse(patch.body), {
      spec: {
        template: { spec: { '$setElementOrder/containers': [{ name: 'fluentd' }], containers } },
      },
    })
    const same = await kubectl.ok('set', 'image', ds, 'fluentd=fluentd:v10')
    assert.deepEqual(writes(same.requests), [])
    for (const [command, part] of [
      [['env', ds, 'A=b'], '"name":"A","value":"b"'],
      [['resources', ds, '--limits=cpu=200m'], '"cpu":"200m"'],
      [['serviceaccount', ds, 'default'], '"serviceAccountName":"default"'],
    ] as const) {
      const set = onlyWrite(await kubectl.ok('set', ...command))
      assert.equal(set.query.get('fieldManager'), 'kubectl-set')
      assert.equal(typeOf(set), strategic)
      assert.ok(set.body.includes(part), set.body)
    }
  })

  it('KUBECTL-27: label and annotate send merge patches, and do not overwrite unasked', async () => {
    for (const [command, field] of [
      ['label', 'labels'],
      ['annotate', 'annotations'],
    ] as const) {
      const path = '/api/v1/nodes/node-1'
      const set = await kubectl.ok(command, 'node', 'node-1', 'k=v')
      assert.deepEqual(set.lines, [`GET ${path}`, `PATCH ${path}?fieldManager=kubectl-${command}`])
      const patch = onlyWrite(set)
      assert.equal(typeOf(patch), merge)
      assert.deepEqual(JSON.parse(patch.body), { metadata: { [field]: { k: 'v' } } })
      const refused = await kubectl.ask(command, 'node', 'node-1', 'k=w')
      assert.equal(refused.code, 1)
      assert.match(refused.err, /--overwrite is false/)
      assert.match(refused.err, /'k' already has a value \(v\)/)
      assert.deepEqual(writes(refused.requests), [])
      const removed = onlyWrite(await kubectl.ok(command, 'node', 'node-1', 'k-'))
      assert.deepEqual(JSON.parse(removed.body), { metadata: { [field]: { k: null } } })
      const versioned = await kubectl.ask(command, 'node', 'node-1', 'k=v', '--resource-version=1')
      assert.equal(JSON.parse(onlyWrite(versioned).body).metadata.resourceVersion, '1')
    }
  })

  it('KUBECTL-28: scale, autoscale and expose refuse DaemonSets', async () => {
    const scaled = await kubectl.ask('scale', ds, '--replicas=2')
    assert.deepEqual(
      [scaled.code, scaled.err],
      [1, 'Error from server (NotFound): the server could not find the requested resource\n'],
    )
    assert.deepEqual(scaled.lines, [`GET ${one}`, `PATCH ${one}/scale`])
    assert.equal(typeOf(onlyWrite(scaled)), merge)
    const autoscaled = await kubectl.ask('autoscale', ds, '--max=2')
    assert.equal(
      autoscaled.err,
      'error: cannot autoscale a DaemonSet: could not find scale subresource for apps/v1, Resource=daemonsets in discovery information\n',
    )
    const exposed = await kubectl.ask('expose', ds, '--port=80')
    assert.equal(exposed.err, 'error: cannot expose a DaemonSet.apps\n')
    for (const { code, lines } of [autoscaled, exposed]) {
      assert.deepEqual([code, lines], [1, [`GET ${one}`]])
    }
  })

  it('KUBECTL-54: logs and exec find their pod and container', async () => {
    await kubectl.ok('rollout', 'status', ds, '--timeout=50s')
    const pod = (await kubectl.run('get', 'pods', '-o', 'name')).split('\n')[0] ?? ''
    const path = `/api/v1/namespaces/default/pods/${pod.replace('pod/', '')}`
    const logs = await kubectl.ok('logs', pod, '--tail=5')
    assert.deepEqual(logs.lines, [`GET ${path}`, `GET ${path}/log?container=fluentd&tailLines=5`])
    assert.match(logs.out, /simulated container fluentd/)
    const first = await kubectl.ok('logs', ds)
    assert.equal(first.lines[0], `GET ${one}`)
    assert.ok(first.lines.some((line) => /\/pods\?labelSelector=app=fluentd-logging/.test(line)))
    const exec = await kubectl.ask('exec', pod, '--', 'true')
    assert.notEqual(exec.code, 0)
    assert.equal(exec.lines[0], `GET ${path}`)
    const upgrade = exec.requests[1]
    assert.equal(upgrade?.path, `${path}/exec`)
    assert.deepEqual(
      ['command', 'container', 'stdout'].map((name) => upgrade?.query.get(name)),
      ['true', 'fluentd', 'true'],
    )
    if (isCurrent) assert.equal(upgrade?.method, 'GET')
  })
})
