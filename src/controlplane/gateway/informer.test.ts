import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, type V1Pod } from '@kubernetes/client-node'
import { kubeconfigOf } from './kubeconfig'
import { daemonSet, Served } from './testing/served'

describe('@kubernetes/client-node', () => {
  it('WATCH-26: an informer sees every pod through hours of virtual time', async () => {
    const served = await Served.start({ nodes: 3, speed: 'manual' })
    const config = new KubeConfig()
    config.loadFromString(kubeconfigOf(served.served.access))
    const core = config.makeApiClient(CoreV1Api)
    const apps = config.makeApiClient(AppsV1Api)
    await served.served.driver.advance(5_000)
    const informer = makeInformer<V1Pod>(config, '/api/v1/namespaces/default/pods', () =>
      core.listNamespacedPod({ namespace: 'default' }),
    )
    const added = new Set<string>()
    const deleted = new Set<string>()
    informer.on('add', (pod) => added.add(pod.metadata?.uid ?? ''))
    informer.on('delete', (pod) => deleted.add(pod.metadata?.uid ?? ''))
    let isOver = false
    informer.on('error', () => {
      if (!isOver) setTimeout(() => void informer.start(), 10)
    })
    await informer.start()
    // biome-ignore lint/suspicious/noExplicitAny: the body is the plain form of a DaemonSet
    const body = daemonSet('watched') as any
    await apps.createNamespacedDaemonSet({ namespace: 'default', body })
    for (let round = 0; round < 12; round++) {
      await served.served.driver.advance(20 * 60_000)
      await apps.deleteCollectionNamespacedControllerRevision({
        namespace: 'default',
        labelSelector: 'none=such',
      })
      await core.deleteCollectionNamespacedPod({ namespace: 'default' })
      await served.served.driver.advance(60_000)
    }
    await served.served.driver.advance(60_000)
    const present = (await core.listNamespacedPod({ namespace: 'default' })).items
    const deadline = Date.now() + 10_000
    const isComplete = () =>
      added.size === 13 * 3 &&
      deleted.size === 12 * 3 &&
      present.every(({ metadata }) => added.has(metadata?.uid ?? ''))
    while (!isComplete() && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20))
    assert.deepEqual([added.size, deleted.size], [13 * 3, 12 * 3])
    isOver = true
    await informer.stop()
    await served[Symbol.asyncDispose]()
  })
})
