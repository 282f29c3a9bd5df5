import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasWatchList, isCurrent, Kubectl, withoutKubectl } from './testing/kubectl'
import type { RecordedRequest } from './testing/recording-proxy'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const one = `${daemonSets}/fluentd-logging`
const ds = 'daemonset/fluentd-logging'
const strategic = 'application/strategic-merge-patch+json'
const rolledOut = 'daemon set "fluentd-logging" successfully rolled out\n'
const key = { name: 'fluentd-logging', namespace: 'default' }

const writes = (requests: readonly RecordedRequest[]): readonly RecordedRequest[] =>
  requests.filter(({ method }) => method !== 'GET')

/** A watch of one object by its name: a watch-list where kubectl has it. */
function isWatchOfName({ path, query }: RecordedRequest, name = 'fluentd-logging'): boolean {
  const isWatch = query.get('watch') === 'true' && !path.endsWith(name)
  if (!isWatch || query.get('fieldSelector') !== `metadata.name=${name}`) return false
  return !hasWatchList || query.get('sendInitialEvents') === 'true'
}

describe('a real kubectl and rollouts', { skip: withoutKubectl }, () => {
  let kubectl: Kubectl
  before(async () => {
    kubectl = await Kubectl.startRolledOut()
  })
  after(() => kubectl[Symbol.asyncDispose]())

  const image = () =>
    kubectl.run('get', ds, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')
  const rollOut = () => kubectl.run('rollout', 'status', ds, '--timeout=50s')
  const revisionsOf = (history: string) =>
    [...history.matchAll(/^(\d+) +/gm)].map(([, number]) => Number(number))

  it('KUBECTL-04, KUBECTL-30: rollout status reports progress until the end, by a watch of one name', async () => {
    await kubectl.run('set', 'image', ds, 'fluentd=fluentd:v2')
    const { out, requests } = await kubectl.ok('rollout', 'status', ds, '--timeout=50s')
    assert.equal(requests[0]?.line, `GET ${one}`)
    assert.ok(requests.some((request) => isWatchOfName(request)))
    const lines = out
      .split('\n')
      .filter((line, index, all) => line !== '' && line !== all[index - 1])
    const waiting = 'Waiting for daemon set "fluentd-logging" rollout to finish: '
    const steps = lines
      .filter((line) => line.startsWith(waiting))
      .map((line) => line.slice(waiting.length))
    // Updated pods are counted first, then available ones; the watch may begin after the first steps.
    const order = [
      '0 out of 3 new pods have been updated...',
      '1 out of 3 new pods have been updated...',
      '2 out of 3 new pods have been updated...',
      '2 of 3 updated pods are available...',
    ]
    assert.ok(steps.length > 0)
    assert.deepEqual(steps, order.slice(order.length - steps.length))
    assert.equal(`${lines.at(-1)}\n`, rolledOut)
    const once = await kubectl.ok('rollout', 'status', ds, '--watch=false')
    assert.equal(once.out, rolledOut)
  })

  it('KUBECTL-30: before the controller has seen a change it says so', async () => {
    const { server } = kubectl.served.cluster
    const client = server.client('test')
    const live = await client.get('DaemonSet', key)
    const status = { ...live.status, observedGeneration: 0 }
    const draft = { ...live, metadata: { ...live.metadata, resourceVersion: '' }, status }
    const stop = server.intercept(({ verb, kind, subresource, userAgent }) => {
      // The controller does not get to tell.
      const isController = userAgent === 'daemonset-controller'
      if (isController && verb === 'update' && kind === 'DaemonSet' && subresource === 'status') {
        throw new Error('not now')
      }
    })
    await client.update('DaemonSet', draft, { subresource: 'status' })
    const { out } = await kubectl.ask('rollout', 'status', ds, '--watch=false')
    assert.equal(out, 'Waiting for daemon set spec update to be observed...\n')
    stop()
    await client.update('DaemonSet', { ...draft, status: live.status }, { subresource: 'status' })
  })

  it('KUBECTL-31: rollout status refuses OnDelete, and ends when the object goes', async () => {
    const other = kubectl.file('on-delete.json', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'on-delete' },
      spec: {
        selector: { matchLabels: { app: 'on-delete' } },
        updateStrategy: { type: 'OnDelete' },
        template: {
          metadata: { labels: { app: 'on-delete' } },
          spec: { containers: [{ name: 'c', image: 'x:non-existent' }] },
        },
      },
    })
    await kubectl.run('apply', '-f', other)
    const refused = await kubectl.ask('rollout', 'status', 'ds/on-delete')
    assert.deepEqual(
      [refused.code, refused.err],
      [1, 'error: rollout status is only available for RollingUpdate strategy type\n'],
    )
    const rolling = '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}'
    await kubectl.run('patch', 'ds', 'on-delete', '-p', rolling)
    const waiting = kubectl.ask('rollout', 'status', 'ds/on-delete')
    await new Promise((done) => setTimeout(done, 2_000))
    const client = kubectl.served.cluster.client('test')
    await client.delete('DaemonSet', { name: 'on-delete', namespace: 'default' })
    const gone = await waiting
    assert.equal(gone.code, 1)
    assert.match(gone.err, /object has been deleted/)
  })

  it('KUBECTL-32: rollout history lists the owned revisions', async () => {
    const client = kubectl.served.cluster.client('test')
    const foreign = { name: 'foreign', namespace: 'default', labels: { app: 'fluentd-logging' } }
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'other', uid: 'u' }
    await client.create('ControllerRevision', {
      metadata: { ...foreign, ownerReferences: [{ ...owner, controller: true }] },
      data: {},
      revision: 77,
    })
    const { out, lines } = await kubectl.ok('rollout', 'history', ds)
    assert.deepEqual(lines, [
      `GET ${one}`,
      `GET ${one}`,
      'GET /apis/apps/v1/namespaces/default/controllerrevisions?labelSelector=app=fluentd-logging',
    ])
    assert.match(out, /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/)
    const cause = 'kubernetes.io/change-cause=a new image'
    await kubectl.run('annotate', ds, cause, '--overwrite')
    await kubectl.run('set', 'image', ds, 'fluentd=fluentd:v3')
    await rollOut()
    assert.match(await kubectl.run('rollout', 'history', ds), /^3 +a new image$/m)
    await kubectl.run('annotate', ds, 'kubernetes.io/change-cause-')
  })

  it('KUBECTL-33: rollout history shows the template of a revision', async () => {
    const first = await kubectl.run('rollout', 'history', ds, '--revision=1')
    assert.match(first, /with revision #1\nPod Template:\n +Labels:\s+app=fluentd-logging/)
    assert.match(first, /Image:\s+fluentd:v1\S*\n/)
    const second = await kubectl.run('rollout', 'history', ds, '--revision=2')
    assert.match(second, /Image:\s+fluentd:v2\n/)
    const unknown = await kubectl.ask('rollout', 'history', ds, '--revision=99')
    assert.deepEqual(
      [unknown.code, unknown.err],
      [1, 'error: unable to find the specified revision\n'],
    )
  })

  it('KUBECTL-34: rollout undo sends the data of a revision as it is', async () => {
    const [, earlier] = revisionsOf(await kubectl.run('rollout', 'history', ds)).reverse()
    const revisions = await kubectl.served.cluster.client('test').list('ControllerRevision')
    const wanted = revisions.items.find(({ revision }) => revision === earlier)
    const { out, requests } = await kubectl.ok('rollout', 'undo', ds)
    assert.equal(out, 'daemonset.apps/fluentd-logging rolled back\n')
    const [patch, ...others] = writes(requests)
    assert.deepEqual(others, [])
    assert.equal(patch?.line, `PATCH ${one}`)
    assert.equal(patch?.headers['content-type'], strategic)
    assert.deepEqual(JSON.parse(patch?.body ?? ''), wanted?.data)
    assert.equal(JSON.parse(patch?.body ?? '').spec.template.$patch, 'replace')
    await rollOut()
    assert.equal(await image(), 'fluentd:v2')
    await kubectl.run('rollout', 'undo', ds, '--to-revision=1')
    await rollOut()
    assert.match(await image(), /^fluentd:v1/)
  })

  it('KUBECTL-35: rollout undo does nothing without a difference or an earlier revision', async () => {
    const latest = revisionsOf(await kubectl.run('rollout', 'history', ds)).at(-1)
    const dry = await kubectl.ok('rollout', 'undo', ds, '--dry-run=server')
    assert.equal(writes(dry.requests)[0]?.query.get('dryRun'), 'All')
    assert.match(await image(), /^fluentd:v1/)
    const same = await kubectl.ok('rollout', 'undo', ds, `--to-revision=${latest}`)
    // Older clients compare with fields that the server no longer sends.
    if (isCurrent) {
      const skipped = `skipped rollback (current template already matches revision ${latest})`
      assert.ok(same.out.includes(skipped), same.out)
      assert.deepEqual(writes(same.requests), [])
      assert.match(dry.err, /was previously managed with 'kubectl apply'/)
    }
    const unknown = await kubectl.ask('rollout', 'undo', ds, '--to-revision=99')
    assert.match(unknown.err, /unable to find specified revision 99 in history/)
    const fresh = kubectl.file('fresh.json', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'fresh' },
      spec: {
        selector: { matchLabels: { app: 'fresh' } },
        template: {
          metadata: { labels: { app: 'fresh' } },
          spec: { containers: [{ name: 'c', image: 'x:1' }] },
        },
      },
    })
    await kubectl.run('create', '-f', fresh)
    await kubectl.run('rollout', 'status', 'ds/fresh', '--timeout=50s')
    const only = await kubectl.ask('rollout', 'undo', 'ds/fresh')
    assert.deepEqual([only.code, only.err], [1, 'error: no last revision to roll back to\n'])
  })

  it('KUBECTL-36: rollout pause and resume refuse DaemonSets', async () => {
    for (const [command, what] of [
      ['pause', 'pausing'],
      ['resume', 'resuming'],
    ] as const) {
      const { code, err, lines } = await kubectl.ask('rollout', command, ds)
      assert.deepEqual(
        [code, err],
        [1, `error: daemonsets.apps "fluentd-logging" ${what} is not supported\n`],
      )
      assert.deepEqual(lines, [`GET ${one}`])
    }
  })

  it('KUBECTL-29: rollout restart sets the time in the template', async () => {
    const { out, requests, lines } = await kubectl.ok('rollout', 'restart', ds)
    assert.equal(out, 'daemonset.apps/fluentd-logging restarted\n')
    assert.deepEqual(lines, [`GET ${one}`, `PATCH ${one}?fieldManager=kubectl-rollout`])
    const [patch] = writes(requests)
    assert.equal(patch?.headers['content-type'], strategic)
    const { annotations } = JSON.parse(patch?.body ?? '').spec.template.metadata
    const time = annotations['kubectl.kubernetes.io/restartedAt']
    assert.ok(Math.abs(Date.now() - Date.parse(time)) < 60_000)
    await rollOut()
    // Within one second of the last time: the second is set ahead, as nobody is that quick for sure.
    const client = kubectl.served.cluster.client('test')
    const restartWithin = async (ahead: number) => {
      const at = Math.floor((Date.now() + ahead) / 1_000) * 1_000
      const restartedAt = new Date(at).toISOString().replace('.000Z', 'Z')
      const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt }
      const body = { spec: { template: { metadata: { annotations } } } }
      await client.patch('DaemonSet', key, { type: 'strategic', body })
      await new Promise((done) => setTimeout(done, Math.max(0, at - Date.now())))
      return await kubectl.ask('rollout', 'restart', ds)
    }
    let again = await restartWithin(1_000)
    for (let tries = 0; again.code === 0 && tries < 10; tries++) again = await restartWithin(1_500)
    assert.match(
      again.err,
      /if restart has already been triggered within the past second, please wait before attempting to trigger another/,
    )
  })
})
