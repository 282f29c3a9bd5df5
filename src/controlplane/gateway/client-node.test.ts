import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  AppsV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node'
import { RecordingProxy } from './testing/recording-proxy'
import { daemonSet, Served } from './testing/served'

describe('@kubernetes/client-node, request by request', () => {
  it('API-106, API-164: reads and writes JSON, and chooses the type of its patches', async () => {
    await using served = await Served.start()
    await using proxy = await RecordingProxy.start(served.served.access)
    const config = new KubeConfig()
    config.loadFromString(proxy.kubeconfig())
    const apps = config.makeApiClient(AppsV1Api)
    const objects = KubernetesObjectApi.makeApiClient(config)
    const namespace = 'default'
    const sent = () => {
      const requests = proxy.take()
      const { headers, method } = requests.at(-1) ?? assert.fail('nothing was sent')
      return [method, headers['content-type'], headers.accept]
    }
    const accept = 'application/json, */*;q=0.8'
    // biome-ignore lint/suspicious/noExplicitAny: the plain form of objects
    const plain = (object: object) => object as any

    const made = await apps.createNamespacedDaemonSet({ namespace, body: plain(daemonSet('web')) })
    assert.equal(made.metadata?.name, 'web')
    assert.deepEqual(sent(), ['POST', 'application/json', accept])

    const operations = [{ op: 'add', path: '/metadata/labels/a', value: '1' }]
    await apps.patchNamespacedDaemonSet({ name: 'web', namespace, body: operations })
    assert.deepEqual(sent(), ['PATCH', 'application/json-patch+json', accept])

    const labels = { b: '2' }
    await apps.patchNamespacedDaemonSet(
      { name: 'web', namespace, body: { metadata: { labels } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
    assert.deepEqual(sent(), ['PATCH', 'application/merge-patch+json', accept])

    const spec = { template: { spec: { containers: [{ name: 'c', image: 'x:2' }] } } }
    const patch = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'web', namespace } }
    await objects.patch(plain({ ...patch, spec }))
    assert.deepEqual(sent().slice(0, 2), ['PATCH', 'application/strategic-merge-patch+json'])

    const read = await apps.readNamespacedDaemonSet({ name: 'web', namespace })
    assert.deepEqual(sent(), ['GET', undefined, accept])
    const { a, b } = read.metadata?.labels ?? {}
    assert.deepEqual([a, b, read.spec?.template.spec?.containers[0]?.image], ['1', '2', 'x:2'])
  })
})
