import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Labels, Node } from '../../kubernetes/types'
import { type InProcessCluster, startInProcessCluster } from '../in-process-cluster'
import { Kubelet } from './kubelet'
import { defaultTiming } from './timing'

const labels = { disk: 'ssd' }

/** A pod for nodes with a fast disk, bound to a node whose kubelet has seen other labels than the API shows. */
async function boundPod(seen: Labels, shown: Labels) {
  const cluster = await startInProcessCluster()
  const client = cluster.client('test')
  const node: Node = await client.create('Node', {
    metadata: { name: 'node-a', labels: shown },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  })
  const pod = await client.create('Pod', {
    metadata: { name: 'monitor', namespace: 'default' },
    spec: {
      nodeName: 'node-a',
      nodeSelector: labels,
      containers: [{ name: 'main', image: 'monitor:1' }],
    },
  })
  const stale = { ...node, metadata: { ...node.metadata, labels: { ...seen } } }
  const kubelet = new Kubelet(
    {
      client: cluster.client('kubelet'),
      clock: cluster.clock,
      timing: defaultTiming,
      wakeAt: () => {},
      mayRecord: () => true,
      nodeOf: () => stale,
    },
    node,
    1,
  )
  return { cluster, kubelet, pod }
}

async function statusOf(cluster: InProcessCluster) {
  await cluster.drain()
  const key = { namespace: 'default', name: 'monitor' }
  const { phase, reason } = (await cluster.client('test').get('Pod', key)).status
  return { phase, reason }
}

test('KUBELET-33: a pod that comes before the news of its node is admitted', async () => {
  const { cluster, kubelet, pod } = await boundPod({}, labels)
  kubelet.observe(pod)
  assert.equal((await statusOf(cluster)).phase, 'Pending')
  cluster.stop()
})

test('KUBELET-33: a pod that the node in the API does not fit is refused', async () => {
  const { cluster, kubelet, pod } = await boundPod({}, {})
  kubelet.observe(pod)
  assert.deepEqual(await statusOf(cluster), { phase: 'Failed', reason: 'NodeAffinity' })
  cluster.stop()
})

test('KUBELET-30: a kubelet that falls silent while it looks at its node says nothing', async () => {
  const { cluster, kubelet, pod } = await boundPod({}, {})
  kubelet.observe(pod)
  kubelet.fallSilent()
  assert.equal((await statusOf(cluster)).phase, 'Pending')
  kubelet.speak()
  assert.equal((await statusOf(cluster)).phase, 'Failed')
  cluster.stop()
})
