import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { templateHash } from '../../kubernetes/template-hash'
import { Served, WatchReader } from './testing/served'

// biome-ignore lint/suspicious/noExplicitAny: tests look at bodies of any form
type Json = any

const label = 'daemonset-name=daemon-set'
const strategic = 'application/strategic-merge-patch+json'
const merge = 'application/merge-patch+json'
const image = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'
const newImage = 'registry.k8s.io/e2e-test-images/agnhost:2.55'
const watchList =
  'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&watch=true'

/** The DaemonSet of the upstream suite (E2E-13). */
function daemonSet(spec: object = {}, podSpec: object = {}): object {
  const labels = { 'daemonset-name': 'daemon-set' }
  return {
    metadata: { name: 'daemon-set', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'app', image, ports: [{ containerPort: 9376 }] }],
          ...podSpec,
        },
      },
      ...spec,
    },
  }
}

const nameOf = ({ metadata }: Json): string => metadata.name
const imageOf = ({ spec }: Json): string => spec.containers[0].image
const hashOf = ({ metadata }: Json): string => metadata.labels['controller-revision-hash']
const conditionOf = ({ status }: Json, type: string): Json =>
  status.conditions.find((condition: Json) => condition.type === type)
const isReady = (object: Json): boolean => conditionOf(object, 'Ready')?.status === 'True'

/** The nodes with an old and a new pod; never are there two of one version. */
function surgingNodes(live: readonly Json[]): readonly string[] {
  const surging: string[] = []
  for (const [nodeName, present] of Map.groupBy(live, ({ spec }) => spec.nodeName ?? 'unbound')) {
    const versions = present.map(imageOf)
    assert.equal(new Set(versions).size, versions.length, 'two live pods of one version')
    if (versions.length > 1) surging.push(nodeName)
  }
  return surging
}

describe('what the upstream suite asks of a cluster before and after its specs', () => {
  let served: Served
  before(async () => {
    served = await Served.start({ nodes: 3, speed: 'manual' })
    await served.served.driver.advance(2_000)
  })
  after(() => served[Symbol.asyncDispose]())

  it('E2E-01: JSON bodies are enough, and an answer in JSON is for every client', async () => {
    const json = { Accept: 'application/json, */*', 'Content-Type': 'application/json' }
    const path = '/api/v1/namespaces/default/configmaps'
    const made = await served.post(path, { metadata: { name: 'flagged' } }, json)
    assert.equal(made.code, 201)
    assert.equal((await served.ask('DELETE', `${path}/flagged`, { headers: json })).code, 200)
    // Clients that ignore the flag only read.
    const Accept = 'application/vnd.kubernetes.protobuf, */*'
    const { code, headers } = await served.get('/api/v1/nodes', { Accept })
    assert.deepEqual([code, headers['content-type']], [200, 'application/json'])
  })

  it('E2E-02, E2E-03: all nodes are schedulable, ready and untainted', async () => {
    const path = '/api/v1/nodes?fieldSelector=spec.unschedulable%3Dfalse&resourceVersion=0'
    const { items } = (await served.get(path)).json
    assert.equal(items.length, 3)
    for (const node of items) {
      assert.equal(node.spec.unschedulable ?? false, false)
      assert.equal(isReady(node), true)
      assert.notEqual(conditionOf(node, 'NetworkUnavailable')?.status, 'True')
      assert.deepEqual(node.spec.taints ?? [], [])
    }
    await served.patch('/api/v1/nodes/node-1', strategic, { spec: { unschedulable: true } })
    assert.deepEqual((await served.get(path)).json.items.map(nameOf), ['node-2', 'node-3'])
    await served.patch('/api/v1/nodes/node-1', strategic, { spec: { unschedulable: null } })
    await served.served.driver.advance(1_000)
  })

  it('E2E-04: nothing runs in kube-system, and that is fine', async () => {
    for (const path of [
      '/api/v1/namespaces/kube-system/pods',
      '/api/v1/namespaces/kube-system/replicationcontrollers',
      '/apis/apps/v1/namespaces/kube-system/replicasets',
      '/apis/apps/v1/namespaces/kube-system/daemonsets',
    ]) {
      const { code, json } = await served.get(path)
      assert.deepEqual([code, json.items], [200, []], path)
    }
  })

  it('E2E-05: the version, and the service of the API', async () => {
    assert.match((await served.get('/version')).json.gitVersion, /^v1\.36\./)
    const { json } = await served.get('/api/v1/namespaces/default/services/kubernetes')
    assert.match(json.spec.clusterIP, /^\d+\.\d+\.\d+\.\d+$/)
    assert.deepEqual(json.spec.ipFamilies, ['IPv4'])
  })

  it('E2E-06, E2E-07: a namespace with its labels, account and certificates', async () => {
    const labels = {
      'e2e-framework': 'daemonsets',
      'e2e-run': 'b4a1',
      'pod-security.kubernetes.io/enforce': 'privileged',
      'pod-security.kubernetes.io/enforce-version': 'latest',
    }
    const made = await served.post('/api/v1/namespaces', { metadata: { name: 'spec-1', labels } })
    assert.equal(made.code, 201)
    assert.deepEqual(made.json.metadata.labels, {
      ...labels,
      'kubernetes.io/metadata.name': 'spec-1',
    })
    for (const [plural, name] of [
      ['serviceaccounts', 'default'],
      ['serviceaccounts', 'default'],
      ['configmaps', 'kube-root-ca.crt'],
    ]) {
      const path = `/api/v1/namespaces/spec-1/${plural}?fieldSelector=metadata.name%3D${name}`
      const reader = new WatchReader(await served.open('GET', `${path}&${watchList}`))
      await reader.until(() => reader.events.some(({ type }) => type === 'ADDED'))
      assert.equal(reader.events[0].object.metadata.name, name)
      reader.stop()
    }
  })

  it('E2E-08, E2E-09: the clean-up after a spec, and what is read when one fails', async () => {
    const daemonSets = '/apis/apps/v1/namespaces/spec-1/daemonsets'
    const pods = '/api/v1/namespaces/spec-1/pods'
    await served.post(daemonSets, daemonSet())
    await served.served.driver.advance(3_000)
    assert.equal((await served.get(pods)).json.items.length, 3)
    const listed = (await served.get(daemonSets)).json.items
    const selected = `${pods}?labelSelector=${encodeURIComponent(label)}`
    const reader = new WatchReader(await served.open('GET', `${selected}&${watchList}`))
    for (const { metadata } of listed) {
      const body = { propagationPolicy: 'Background' }
      const gone = await served.ask('DELETE', `${daemonSets}/${metadata.name}`, { body })
      assert.equal(gone.code, 200)
    }
    await served.served.driver.advance(40_000)
    const deleted = () => reader.events.filter(({ type }) => type === 'DELETED')
    await reader.until(() => deleted().length === 3)
    reader.stop()
    for (const path of [daemonSets, pods]) {
      assert.deepEqual((await served.get(path)).json.items, [])
    }
    assert.ok((await served.get('/api/v1/nodes')).json.items.every(isReady))
    assert.ok((await served.get('/api/v1/namespaces/spec-1/events')).json.items.length > 0)
    // The kubelet's own endpoints: an error, at once, which is only logged.
    assert.equal((await served.get('/api/v1/nodes/node-1:10250/proxy/pods')).code, 404)
    const namespace = await served.ask('DELETE', '/api/v1/namespaces/spec-1')
    assert.equal(namespace.json.status.phase, 'Terminating')
    await served.served.driver.advance(20_000)
    assert.equal((await served.get('/api/v1/namespaces/spec-1')).code, 404)
  })

  it('E2E-11: the user may do everything, and needs no more than the API has', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    for (const resource of ['daemonsets', 'nodes', 'secrets']) {
      const spec = { resourceAttributes: { verb: '*', resource } }
      assert.equal((await served.post(path, { spec })).json.status.allowed, true)
    }
    for (const group of [
      'admissionregistration.k8s.io',
      'apiextensions.k8s.io',
      'apiregistration.k8s.io',
      'metrics.k8s.io',
    ]) {
      assert.equal((await served.get(`/apis/${group}`)).code, 404)
    }
  })
})

describe('the specs of the upstream suite about DaemonSets, request by request', () => {
  let served: Served
  let namespace = ''
  let count = 0
  before(async () => {
    served = await Served.start({ nodes: 3, speed: 'manual' })
    await served.served.driver.advance(2_000)
  })
  after(() => served[Symbol.asyncDispose]())

  const advance = (milliseconds: number) => served.served.driver.advance(milliseconds)
  const daemonSets = () => `/apis/apps/v1/namespaces/${namespace}/daemonsets`
  const one = () => `${daemonSets()}/daemon-set`
  const pods = () => `/api/v1/namespaces/${namespace}/pods`
  const revisions = () => `/apis/apps/v1/namespaces/${namespace}/controllerrevisions`
  const json = async (path: string): Promise<Json> => (await served.get(path)).json
  const listed = async (path: string): Promise<readonly Json[]> => (await json(path)).items
  const labelled = (path: string) => `${path}?labelSelector=${encodeURIComponent(label)}`
  /** The daemon pods that are not going. */
  const live = async () =>
    (await listed(pods())).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  /** Lets time pass, a second at a time, until the condition holds. */
  const until = async (what: string, isMet: () => Promise<boolean>, seconds = 120) => {
    for (let second = 0; second < seconds; second++) {
      if (await isMet()) return
      await advance(1_000)
    }
    assert.fail(`never: ${what}`)
  }
  /** Exactly one available pod on each of the nodes, and none elsewhere (E2E-14). */
  const runsOn = async (nodes: readonly string[]) => {
    const present = await live()
    return (
      present.every(isReady) &&
      present
        .map(({ spec }) => spec.nodeName)
        .sort()
        .join() === nodes.join()
    )
  }
  const everywhere = ['node-1', 'node-2', 'node-3']
  const runsEverywhere = () => until('pods on all nodes', () => runsOn(everywhere))
  /** A namespace and nodes as before each spec (E2E-12), and the DaemonSet. */
  const begin = async (draft?: object) => {
    namespace = `daemonsets-${++count}`
    await served.post('/api/v1/namespaces', { metadata: { name: namespace } })
    if (draft === undefined) return
    assert.equal((await served.post(daemonSets(), draft)).code, 201)
    await advance(1_000)
  }
  const end = async () => {
    await served.ask('DELETE', one(), { body: { propagationPolicy: 'Background' } })
    await until('no pods', async () => (await listed(pods())).length === 0)
  }
  const labelNode = async (name: string, change: (labels: Json) => Json) => {
    const node = await json(`/api/v1/nodes/${name}`)
    const labels = change(node.metadata.labels)
    const body = { ...node, metadata: { ...node.metadata, labels } }
    return await served.ask('PUT', `/api/v1/nodes/${name}`, { body })
  }
  const setImage = (to: string) => {
    const template = { spec: { containers: [{ name: 'app', image: to }] } }
    return served.patch(one(), strategic, { spec: { template } })
  }

  it('E2E-12: namespace and nodes are prepared', async () => {
    await begin()
    const annotations = { 'scheduler.alpha.kubernetes.io/node-selector': '' }
    const path = `/api/v1/namespaces/${namespace}`
    const patched = await served.patch(path, strategic, { metadata: { annotations } })
    assert.deepEqual([patched.code, patched.json.metadata.annotations], [200, annotations])
    assert.equal(
      (await labelNode('node-1', (all) => ({ ...all, 'daemonset-color': 'x' }))).code,
      200,
    )
    const stale = await json('/api/v1/nodes/node-1')
    const cleaned = await labelNode('node-1', ({ 'daemonset-color': _, ...labels }) => labels)
    assert.equal(cleaned.json.metadata.labels['daemonset-color'], undefined)
    const late = await served.ask('PUT', '/api/v1/nodes/node-1', { body: stale })
    assert.deepEqual([late.code, late.json.reason], [409, 'Conflict'])
  })

  it('E2E-13, E2E-14, E2E-15, E2E-16, E2E-27: the simple spec', async () => {
    await begin(daemonSet())
    await runsEverywhere()
    const { desiredNumberScheduled, currentNumberScheduled, numberReady } = (await json(one()))
      .status
    assert.deepEqual([desiredNumberScheduled, currentNumberScheduled, numberReady], [3, 3, 3])
    const present = await live()
    for (const pod of present) {
      assert.equal(imageOf(pod), image) // Only a name: nothing has been pulled.
      assert.equal(pod.status.qosClass, 'BestEffort')
      assert.equal(pod.spec.containers[0].ports[0].containerPort, 9376)
    }
    const [victim] = present.map(nameOf)
    assert.equal((await served.ask('DELETE', `${pods()}/${victim}`)).code, 200)
    await runsEverywhere()
    assert.ok(!(await live()).map(nameOf).includes(victim ?? ''))
    await end()
  })

  it('E2E-17: the complex specs, by node selector and by affinity', async () => {
    const color = (to: string) => labelNode('node-2', (all) => ({ ...all, 'daemonset-color': to }))
    const runs = (nodes: readonly string[]) => until('as selected', () => runsOn(nodes))
    await begin(daemonSet({}, { nodeSelector: { 'daemonset-color': 'blue' } }))
    await runs([])
    assert.equal((await color('blue')).code, 200)
    await runs(['node-2'])
    await color('green')
    await runs([])
    const updated = await served.patch(one(), strategic, {
      spec: {
        template: { spec: { nodeSelector: { 'daemonset-color': 'green' } } },
        updateStrategy: { type: 'RollingUpdate' },
      },
    })
    assert.equal(updated.code, 200)
    await runs(['node-2'])
    await end()
    const nodeSelectorTerms = [
      { matchExpressions: [{ key: 'daemonset-color', operator: 'In', values: ['blue'] }] },
    ]
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    }
    await begin(daemonSet({}, { affinity }))
    await runs([])
    await color('blue')
    await runs(['node-2'])
    await labelNode('node-2', ({ 'daemonset-color': _, ...labels }) => labels)
    await runs([])
    await end()
  })

  it('E2E-19: OnDelete keeps the pods', async () => {
    await begin(daemonSet({ updateStrategy: { type: 'OnDelete' } }))
    await runsEverywhere()
    const before = await live()
    const [first] = await listed(labelled(revisions()))
    assert.equal((await setImage(newImage)).code, 200)
    await advance(5_000)
    await runsEverywhere()
    const after = await live()
    assert.deepEqual(after.map(imageOf), [image, image, image])
    assert.deepEqual(after.map(hashOf), before.map(hashOf))
    const both = await listed(labelled(revisions()))
    assert.deepEqual(both.map(({ revision }) => revision).sort(), [1, 2])
    const current = both.find(({ revision }) => revision === 2)
    assert.notEqual(hashOf(current), hashOf(first))
    await end()
  })

  it('E2E-20: RollingUpdate never has two pods unavailable', async () => {
    await begin(daemonSet({ updateStrategy: { type: 'RollingUpdate' } }))
    await runsEverywhere()
    const { resourceVersion } = (await json(one())).metadata
    const patched = await setImage(newImage)
    assert.ok(Number(patched.json.metadata.resourceVersion) > Number(resourceVersion))
    const isRolledOut = async () => {
      const ready = (await live()).filter(isReady)
      assert.ok(ready.length >= 2, `${ready.length} of 3 pods are available`)
      return ready.length === 3 && ready.every((pod) => imageOf(pod) === newImage)
    }
    for (let look = 0; !(await isRolledOut()); look++) {
      assert.ok(look < 1_000)
      await advance(100)
    }
    const both = await listed(labelled(revisions()))
    const current = both.find(({ revision }) => revision === 2)
    assert.ok((await live()).every((pod) => hashOf(pod) === hashOf(current)))
    await end()
  })

  it('E2E-22: a surge starts the new pod beside the old one', async () => {
    const readinessProbe = {
      exec: { command: ['sh', '-c', 'exit 0'] },
      initialDelaySeconds: 7,
      periodSeconds: 3,
    }
    const lifecycle = { preStop: { sleep: { seconds: 15 } } }
    const container = { name: 'app', image, readinessProbe, lifecycle }
    const spec = {
      minReadySeconds: 10,
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: '20%' },
      },
    }
    await begin(daemonSet(spec, { containers: [container] }))
    await runsEverywhere()
    await advance(11_000)
    await setImage(newImage)
    const besideSince = new Map<string, number>()
    let overlapped = 0
    for (let second = 0; second < 300; second++) {
      const surging = surgingNodes(await live())
      for (const nodeName of surging) {
        const since = besideSince.get(nodeName) ?? second
        assert.ok(second - since <= 60)
        besideSince.set(nodeName, since)
      }
      for (const nodeName of besideSince.keys()) {
        if (!surging.includes(nodeName)) besideSince.delete(nodeName)
      }
      assert.ok(surging.length <= 1)
      overlapped = Math.max(overlapped, surging.length)
      assert.ok((await live()).filter(isReady).length >= 3)
      await advance(1_000)
    }
    assert.equal(overlapped, 1)
    assert.ok((await live()).every((pod) => imageOf(pod) === newImage))
    await runsEverywhere()
    await end()
  })

  it('E2E-23: a collection is found in all namespaces, and gone at once', async () => {
    await begin(daemonSet())
    await runsEverywhere()
    const everywhereByLabel = labelled('/apis/apps/v1/daemonsets')
    assert.equal((await listed(everywhereByLabel)).length, 1)
    const deleted = await served.ask('DELETE', labelled(daemonSets()), {
      body: { gracePeriodSeconds: 1 },
    })
    assert.equal(deleted.code, 200)
    assert.deepEqual(await listed(everywhereByLabel), [])
    await end()
  })

  it('E2E-24: the status is written beside the controller, and watched from before the create', async () => {
    await begin()
    const list = await json(labelled(daemonSets()))
    await served.post(daemonSets(), daemonSet())
    await runsEverywhere()
    const status = await json(`${one()}/status`)
    const condition = {
      type: 'StatusUpdate',
      status: 'True',
      reason: 'E2E',
      message: 'Set from the test',
    }
    const body = { ...status, status: { ...status.status, conditions: [condition] } }
    assert.equal((await served.ask('PUT', `${one()}/status`, { body })).code, 200)
    const from = `resourceVersion=${list.metadata.resourceVersion}&watch=true`
    const shows = async (wanted: object) => {
      const reader = new WatchReader(await served.open('GET', `${labelled(daemonSets())}&${from}`))
      const isShown = ({ type, object }: Json) =>
        type === 'MODIFIED' && object.status.conditions?.[0]?.type === (wanted as Json).type
      await reader.until(() => reader.events.some(isShown))
      assert.equal(reader.events[0].type, 'ADDED')
      reader.stop()
    }
    await shows(condition)
    const patched = { ...condition, type: 'StatusPatched' }
    const answer = await served.patch(`${one()}/status`, merge, {
      status: { conditions: [patched] },
    })
    assert.deepEqual(
      answer.json.status.conditions.map(({ type }: Json) => type),
      ['StatusPatched'],
    )
    await shows(patched)
    await advance(30_000)
    assert.equal((await json(one())).status.conditions.length, 1)
    await end()
  })

  it('E2E-25, E2E-26: revisions, a duplicate of one, and a name that is taken', async () => {
    await begin(daemonSet())
    await runsEverywhere()
    const all = labelled('/apis/apps/v1/controllerrevisions')
    const [first, ...others] = await listed(all)
    assert.deepEqual(others, [])
    const path = `${revisions()}/${nameOf(first)}`
    const labelledOne = await served.patch(path, strategic, {
      metadata: { labels: { [nameOf(first)]: 'patched' } },
    })
    assert.ok(
      Number(labelledOne.json.metadata.resourceVersion) > Number(first.metadata.resourceVersion),
    )
    // B: the data of A under the name that another grace period would get.
    const owner = await json(one())
    const template = {
      ...owner.spec.template,
      spec: { ...owner.spec.template.spec, terminationGracePeriodSeconds: 1 },
    }
    const hash = templateHash(template, owner.status.collisionCount)
    const name = `daemon-set-${hash}`
    const labels = { 'daemonset-name': 'daemon-set', 'controller-revision-hash': hash }
    const { ownerReferences } = first.metadata
    const second = {
      metadata: { name, labels, ownerReferences },
      data: first.data,
      revision: first.revision + 1,
    }
    assert.equal((await served.post(revisions(), second)).code, 201)
    assert.equal((await listed(all)).length, 2)
    assert.equal((await served.ask('DELETE', path)).code, 200)
    await advance(5_000)
    assert.deepEqual((await listed(all)).map(nameOf), [name])
    const kept = await json(`${revisions()}/${name}`)
    const metadata = { ...kept.metadata, labels: { ...kept.metadata.labels, [name]: 'updated' } }
    const put = await served.ask('PUT', `${revisions()}/${name}`, { body: { ...kept, metadata } })
    assert.equal(put.json.metadata.labels[name], 'updated')

    const patched = await served.patch(one(), strategic, {
      spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } },
      updateStrategy: { type: 'RollingUpdate' },
    })
    assert.equal(patched.code, 200)
    assert.match(String(patched.headers['warning']), /unknown field \\"updateStrategy\\"/)
    await until('another name', async () => (await listed(all)).length === 2)
    assert.equal((await json(one())).status.collisionCount, 1)
    const removed = `${revisions()}?labelSelector=${encodeURIComponent(`${name}=updated`)}`
    assert.equal((await served.ask('DELETE', removed)).code, 200)
    await advance(10_000)
    const last = await listed(all)
    assert.deepEqual(
      last.map(({ revision }) => revision),
      [3],
    )
    await end()
  })
})
