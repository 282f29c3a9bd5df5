import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node, Pod, PodSpec } from '../../kubernetes/types'
import { nodeOf, podOf } from '../../reconciler/testing/objects'
import { NodeUsage } from '../node-usage'
import { refusalOf } from './admission'

const allocatable = { cpu: '4', memory: '1Gi', pods: '3' }

function pod(spec: Partial<PodSpec> = {}): Pod {
  const base = podOf({ nodeName: 'node-a' })
  return { ...base, spec: { ...base.spec, ...spec } }
}

function requesting(requests: Record<string, string>): Pod {
  return pod({ containers: [{ name: 'app', image: 'x', resources: { requests } }] })
}

function refusal(candidate: Pod, node: Node, present: readonly Pod[] = []) {
  const usage = new NodeUsage()
  for (const other of present) usage.add(other)
  return refusalOf(candidate, node, usage)
}

const roomy = nodeOf('node-a', { status: { allocatable } })

test('KUBELET-32: what the node has too little of names the resource and the amounts', () => {
  const { reason, detail } =
    refusal(requesting({ cpu: '500m' }), roomy, [requesting({ cpu: '3800m' })]) ?? {}
  assert.equal(reason, 'OutOfcpu')
  assert.equal(
    detail,
    "Node didn't have enough resource: cpu, requested: 500, used: 3800, capacity: 4000",
  )
  assert.equal(refusal(requesting({ memory: '2Gi' }), roomy)?.reason, 'OutOfmemory')
  assert.equal(refusal(pod(), roomy, [pod(), pod(), pod()])?.reason, 'OutOfpods')
  assert.equal(
    refusal(requesting({ cpu: '500m' }), roomy, [requesting({ cpu: '3500m' })]),
    undefined,
  )
})

test('KUBELET-32: an extended resource that the node does not know is not its business', () => {
  assert.equal(refusal(requesting({ 'example.com/gpu': '1' }), roomy), undefined)
})

test('KUBELET-33: labels, ports and NoExecute taints refuse, NoSchedule taints do not', () => {
  const selecting = refusal(pod({ nodeSelector: { disk: 'ssd' } }), roomy)
  assert.equal(
    selecting?.detail,
    "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  )
  const ports = pod({
    containers: [{ name: 'app', image: 'x', ports: [{ containerPort: 1, hostPort: 80 }] }],
  })
  assert.equal(refusal(ports, roomy, [ports])?.reason, 'NodePorts')
  const tainted = (effect: string) =>
    nodeOf('node-a', { status: { allocatable }, taints: [{ key: 'k', effect }] })
  assert.equal(refusal(pod(), tainted('NoExecute'))?.reason, 'TaintToleration')
  assert.equal(refusal(pod(), tainted('NoSchedule')), undefined)
})

test('KUBELET-38: a node under pressure refuses all but critical pods', () => {
  const under = (type: string) =>
    nodeOf('node-a', { status: { allocatable, conditions: [{ type, status: 'True' }] } })
  assert.deepEqual(refusal(pod(), under('DiskPressure')), {
    reason: 'Evicted',
    detail: 'The node had condition: [DiskPressure]. ',
  })
  assert.equal(refusal(pod({ priority: 2_000_001_000 }), under('DiskPressure')), undefined)
  assert.equal(refusal(requesting({ cpu: '1' }), under('MemoryPressure')), undefined)
  assert.equal(refusal(requesting({ cpu: '1' }), under('DiskPressure'))?.reason, 'Evicted')
})
