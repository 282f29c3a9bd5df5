import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { hasSince, isCurrent, Kubectl, manifest, withoutAnyKubectl } from './testing/kubectl'

/** How often an old kubectl, which cannot wait for a value, looks for it. */
const lookMilliseconds = 100
const looks = 300

/** Runs with every kubectl since 1.20, save for the commands and words that came later. */
describe('the commands of the documentation, by a real kubectl', {
  skip: withoutAnyKubectl,
}, () => {
  let kubectl: Kubectl
  before(async () => {
    kubectl = await Kubectl.start({ nodes: 3 })
  })
  after(() => kubectl[Symbol.asyncDispose]())

  const runWith = (env: Readonly<Record<string, string>>, args: readonly string[], input = '') =>
    kubectl.askWith({ env, input }, ...args)
  const ask = (...args: string[]) => kubectl.ask(...args)
  const run = (...args: string[]) => kubectl.run(...args)
  const ds = 'daemonset/fluentd-logging'
  const rolledOut = 'daemon set "fluentd-logging" successfully rolled out'
  const rollOut = async (): Promise<void> =>
    assert.ok((await run('rollout', 'status', ds, '--timeout=50s')).includes(rolledOut))
  /** Waits until the DaemonSet's status has the number, as a kubectl without that sort of wait can. */
  const until = async (field: string, value: number): Promise<void> => {
    const path = `jsonpath={.status.${field}}`
    if (hasSince(23)) {
      await run('wait', `--for=${path}=${value}`, ds)
      return
    }
    for (let look = 0; look < looks; look++) {
      if ((await run('get', ds, '-o', path)) === String(value)) return
      await new Promise((done) => setTimeout(done, lookMilliseconds))
    }
    assert.fail(`${field} never became ${value}`)
  }
  const image = () => run('get', ds, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')
  const podNames = async () =>
    (await run('get', 'pods', '-l', 'app=fluentd-logging', '-o', 'name')).trim().split('\n')

  it('version, api-resources, api-versions, cluster-info, explain', async () => {
    assert.match(await run('version'), /Server Version: .*v1\.36\.\d+/)
    assert.match(await run('api-resources'), /daemonsets +ds +apps\/v1 +true +DaemonSet/)
    assert.match(await run('api-versions'), /^apps\/v1$/m)
    assert.match(await run('cluster-info'), /control plane.* is running at/)
    const text = await run('explain', 'daemonset.spec.updateStrategy')
    const type = hasSince(27) ? 'RollingUpdateDaemonSet' : 'Object'
    assert.match(text, new RegExp(`rollingUpdate\\s+<${type}>`))
    assert.match((await ask('top', 'nodes')).err, /Metrics API not available/)
  })

  it('apply creates, then leaves unchanged', async () => {
    assert.equal(await run('apply', '-f', manifest), 'daemonset.apps/fluentd-logging created\n')
    await rollOut()
    assert.equal(await run('apply', '-f', manifest), 'daemonset.apps/fluentd-logging unchanged\n')
  })

  it('get in its forms', async () => {
    const table = await run('get', 'daemonsets')
    assert.match(
      table,
      /^NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE\nfluentd-logging +3 +3 +3 +3 +3 +<none> +\d+s\n$/,
    )
    const wide = await run('get', 'pods', '-l', 'app=fluentd-logging', '-o', 'wide')
    assert.match(
      wide,
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/,
    )
    assert.equal((wide.match(/ 1\/1 +Running +0 /g) ?? []).length, 3)
    assert.match(
      await run('get', 'ds', '-A', '--show-labels'),
      /^NAMESPACE +NAME .*LABELS\ndefault +fluentd-logging/,
    )
    assert.equal(await run('get', 'ds', '-o', 'name'), 'daemonset.apps/fluentd-logging\n')
    assert.equal(JSON.parse(await run('get', ds, '-o', 'json')).kind, 'DaemonSet')
    assert.match(await run('get', ds, '-o', 'yaml'), /^kind: DaemonSet$/m)
    const columns = 'custom-columns=NODE:.spec.nodeName,PHASE:.status.phase'
    assert.match(await run('get', 'pods', '-o', columns), /^NODE +PHASE\nnode-\d +Running\n/)
    assert.match(await run('get', 'pods', '--sort-by=.spec.nodeName'), /^NAME +READY/)
    assert.match(await run('get', 'all'), /daemonset\.apps\/fluentd-logging/)
    assert.match(
      (await ask('get', 'nosuch')).err,
      /the server doesn't have a resource type "nosuch"/,
    )
    assert.match(
      (await ask('get', 'ds', 'nosuch')).err,
      /^Error from server \(NotFound\): daemonsets\.apps "nosuch" not found/,
    )
    const part = hasSince(24) ? ['--subresource=status'] : []
    const status = JSON.parse(await run('get', ds, ...part, '-o', 'json'))
    assert.equal(status.status.numberReady, 3)
  })

  it('get -w shows a change', async () => {
    const watching = runWith({}, ['get', 'ds', '-w', '--request-timeout=4s'])
    await new Promise((done) => setTimeout(done, 1_500))
    await run('annotate', ds, 'watched=yes', '--overwrite')
    const { out } = await watching
    assert.ok((out.match(/^fluentd-logging /gm) ?? []).length >= 2, out)
  })

  it('the life of a rollout', async () => {
    await run('set', 'image', ds, 'fluentd=fluentd:v2.0')
    await rollOut()
    assert.equal(await image(), 'fluentd:v2.0')
    const history = await run('rollout', 'history', ds)
    assert.match(history, /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/)
    assert.match(await run('rollout', 'history', ds, '--revision=1'), /Image:\s+fluentd:v1/)
    assert.match(
      (await ask('rollout', 'history', ds, '--revision=9')).err,
      /unable to find the specified revision/,
    )
    assert.match(await run('rollout', 'undo', ds), /rolled back/)
    await rollOut()
    assert.match(await image(), /^fluentd:v1/)
    assert.match(await run('rollout', 'undo', ds, '--to-revision=2'), /rolled back/)
    await rollOut()
    assert.equal(await image(), 'fluentd:v2.0')
    // Older clients compare with fields that the server no longer sends, and send a patch that changes nothing.
    const isOld = !isCurrent
    const same = await run('rollout', 'undo', ds, '--to-revision=4')
    assert.match(same, isOld ? /skipped rollback|rolled back/ : /skipped rollback/)
    await run('rollout', 'restart', ds)
    await rollOut()
    assert.match((await ask('rollout', 'pause', ds)).err, /pausing is not supported/)
  })

  it('describe and events', async () => {
    const set = await run('describe', ds)
    assert.match(set, /Desired Number of Nodes Scheduled: 3/)
    assert.match(set, /Pods Status: +3 Running \/ 0 Waiting \/ 0 Succeeded \/ 0 Failed/)
    assert.match(set, /SuccessfulCreate/)
    const [pod = ''] = await podNames()
    assert.match(await run('describe', pod), /Controlled By: +DaemonSet\/fluentd-logging/)
    const node = await run('describe', 'node', 'node-1')
    assert.match(node, /Lease:\n +HolderIdentity: +node-1/)
    assert.match(node, /fluentd-logging-/)
    const events = hasSince(26) ? 'events' : 'get events'
    assert.match(await run(...events.split(' ')), /Successfully assigned default\/fluentd-logging/)
    assert.match(await run('get', 'events'), /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/)
  })

  it('label and taint a node', async () => {
    assert.equal(await run('label', 'node', 'node-1', 'disktype=ssd'), 'node/node-1 labeled\n')
    const again = await ask('label', 'node', 'node-1', 'disktype=hdd')
    assert.match(again.err, /already has a value \(ssd\), and --overwrite is false/)
    await run('label', 'node', 'node-1', 'disktype-')
    assert.equal(await run('taint', 'node', 'node-1', 'a=b:NoExecute'), 'node/node-1 tainted\n')
    await until('desiredNumberScheduled', 2)
    await run('taint', 'node', 'node-1', 'a:NoExecute-')
    await until('numberReady', 3)
  })

  it('cordon, drain, uncordon', async () => {
    assert.equal(await run('cordon', 'node-2'), 'node/node-2 cordoned\n')
    assert.equal(await run('cordon', 'node-2'), 'node/node-2 already cordoned\n')
    assert.match(await run('get', 'nodes'), /node-2 +Ready,SchedulingDisabled/)
    const plain = await ask('drain', 'node-2')
    assert.match(
      plain.err,
      /cannot delete DaemonSet-managed Pods \(use --ignore-daemonsets to ignore\)/,
    )
    await runWith({}, ['apply', '-f', '-'], single('victim', 'node-2'))
    await run('wait', '--for=condition=Ready', 'pod/victim')
    const drained = await run('drain', 'node-2', '--ignore-daemonsets', '--force', '--timeout=50s')
    assert.match(drained, /evicting pod default\/victim[\s\S]*node\/node-2 (?:drained|evicted)/)
    assert.equal(await run('uncordon', 'node-2'), 'node/node-2 uncordoned\n')
  })

  const single = (name: string, nodeName: string): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        nodeName,
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'c', image: 'x:1' }],
      },
    })

  it('wait', async () => {
    await run('wait', '--for=condition=Ready', 'pod', '-l', 'app=fluentd-logging')
    await until('numberAvailable', 3)
    const vain = await ask('wait', '--for=condition=Nosuch', 'node/node-1', '--timeout=1s')
    assert.match(vain.err, /timed out waiting for the condition on nodes\/node-1/)
    assert.match(
      (await ask('wait', '--for=condition=X', 'pod', '-l', 'no=such')).err,
      /no matching resources found/,
    )
  })

  it('patch in three types', async () => {
    const changed = 'daemonset.apps/fluentd-logging patched\n'
    assert.equal(await run('patch', ds, '-p', '{"spec":{"minReadySeconds":1}}'), changed)
    assert.equal(
      await run('patch', ds, '--type=merge', '-p', '{"metadata":{"labels":{"x":"y"}}}'),
      changed,
    )
    const operation = '[{"op":"add","path":"/metadata/labels/z","value":"1"}]'
    assert.equal(await run('patch', ds, '--type=json', '-p', operation), changed)
    const same = await run('patch', ds, '-p', '{"spec":{"minReadySeconds":1}}')
    assert.equal(same, 'daemonset.apps/fluentd-logging patched (no change)\n')
  })

  it('edit, diff, replace', async () => {
    const editor = { KUBE_EDITOR: "sed -i 's/minReadySeconds: 1/minReadySeconds: 0/'" }
    const edited = await runWith(editor, ['edit', ds])
    assert.equal(edited.out, 'daemonset.apps/fluentd-logging edited\n', edited.err)
    const idle = await runWith({ KUBE_EDITOR: 'true' }, ['edit', ds])
    assert.match(idle.err + idle.out, /Edit cancelled, no changes made/)
    const text = readFileSync(manifest, 'utf8')
    const other = kubectl.file('other.yaml', text.replace(/image: .*/, 'image: fluentd:v3.0'))
    const diff = await ask('diff', '-f', other)
    assert.equal(diff.code, 1, diff.err)
    assert.match(diff.out, /^\+ +- image: fluentd:v3\.0$/m)
    assert.equal(await run('replace', '-f', other), 'daemonset.apps/fluentd-logging replaced\n')
    assert.equal(await image(), 'fluentd:v3.0')
    await rollOut()
  })

  it('apply --server-side, with a conflict and by force', async () => {
    const conflict = await ask('apply', '--server-side', '-f', manifest)
    assert.equal(conflict.code, 1)
    assert.match(
      conflict.err,
      /Apply failed with 1 conflict: conflict with "kubectl-replace" using apps\/v1/,
    )
    const forced = await run('apply', '--server-side', '--force-conflicts', '-f', manifest)
    assert.equal(forced, 'daemonset.apps/fluentd-logging serverside-applied\n')
    assert.equal(await run('apply', '--server-side', '-f', manifest), forced)
    await rollOut()
  })

  it('create, scale, and what a server refuses', async () => {
    assert.match(
      (await ask('create', '-f', manifest)).err,
      /\(AlreadyExists\).*daemonsets\.apps "fluentd-logging" already exists/,
    )
    assert.match(
      (await ask('scale', ds, '--replicas=2')).err,
      /\(NotFound\): the server could not find the requested resource/,
    )
    assert.match((await ask('autoscale', ds, '--max=2')).err, /could not find scale subresource/)
    assert.match((await ask('expose', ds, '--port=80')).err, /cannot expose a DaemonSet\.apps/)
    const unknown = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","foo":1}}'
    const strict = await runWith({}, ['apply', '-f', '-'], unknown)
    // Older clients validate by themselves, by the schema that they are given.
    const refused = hasSince(25)
      ? /strict decoding error: unknown field "metadata\.foo"/
      : /ValidationError\(ConfigMap\.metadata\): unknown field "foo"/
    assert.match(strict.err, refused)
    assert.match(await run('apply', '--dry-run=server', '-f', manifest), /\(server dry run\)/)
  })

  it('logs, and exec that fails at once', async () => {
    assert.match(await run('logs', ds), /simulated container fluentd/)
    const [pod = ''] = await podNames()
    assert.notEqual((await ask('exec', pod, '--', 'true')).code, 0)
  })

  it('delete with all three cascades', async () => {
    const before = await podNames()
    assert.match(
      await run('delete', ds, '--cascade=orphan'),
      /^daemonset\.apps "fluentd-logging" deleted/,
    )
    assert.deepEqual(await podNames(), before)
    await run('apply', '-f', manifest)
    await rollOut()
    assert.match(await run('delete', ds, '--cascade=foreground'), /deleted/)
    assert.deepEqual(await podNames(), [''])
    await run('apply', '-f', manifest)
    await rollOut()
    assert.match(await run('delete', 'daemonset', 'fluentd-logging'), /deleted/)
    const waited = await ask(
      ...['wait', '--for=delete', 'pod', '-l', 'app=fluentd-logging', '--timeout=50s'],
    )
    // Old clients complain when there is nothing left to wait for.
    if (waited.code !== 0) assert.match(waited.err, /no matching resources found/)
    assert.deepEqual(await podNames(), [''])
  })

  it('delete a namespace with what is in it', async () => {
    await runWith(
      {},
      ['apply', '-f', '-'],
      '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"temp"}}',
    )
    await run('apply', '-n', 'temp', '-f', manifest)
    await run('rollout', 'status', '-n', 'temp', ds, '--timeout=50s')
    assert.match(await run('delete', 'ns', 'temp'), /namespace "temp" deleted/)
    assert.match((await ask('get', 'ns', 'temp')).err, /namespaces "temp" not found/)
  })
})
