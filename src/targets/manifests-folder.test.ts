import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { matchesLabelSelector } from '../kubernetes/label-selector'
import { dns1123LabelErrors, isDns1123Subdomain } from '../kubernetes/names'
import { compileNodeSelection } from '../kubernetes/node-affinity'
import { compareQuantities, parseQuantity, podRequestsOf } from '../kubernetes/quantity'
import { toleratesAll } from '../kubernetes/tolerations'
import type { DaemonSet, Node } from '../kubernetes/types'
import { readManifest, readManifests } from './manifest'

const folder = join(__dirname, '../../manifests')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort()
const daemonSets = files
  .filter((file) => !file.startsWith('fleets'))
  .map((file) => ({ file, daemonSet: daemonSetIn(file) }))

function daemonSetIn(file: string): DaemonSet {
  return readManifest(join(folder, file), { kind: 'DaemonSet' }) as unknown as DaemonSet
}

function fleetIn(file: string): readonly Node[] {
  const documents = readManifests(join(folder, 'fleets', file), { kind: 'Node' })
  return documents.map(({ object }) => object as unknown as Node)
}

/** The nodes where the judgement of PLACE-03 lets the DaemonSet run, without the automatic tolerations. */
function nodesFor(daemonSet: DaemonSet, nodes: readonly Node[]): readonly string[] {
  const { spec } = daemonSet.spec.template
  assert.ok(spec)
  const selected = compileNodeSelection(spec)
  return nodes
    .filter((node) => selected(node))
    .filter(({ spec: { taints } }) =>
      toleratesAll(spec.tolerations, taints, ['NoSchedule', 'NoExecute']),
    )
    .map(({ metadata }) => metadata.name)
}

test('the README tells of every file', () => {
  const text = readFileSync(join(folder, 'README.md'), 'utf8')
  const told = [...text.matchAll(/\]\(([^)]+\.yaml)\)/g)].map(([, file]) => file).sort()
  assert.deepEqual(told, files)
})

for (const { file, daemonSet } of daemonSets) {
  test(`${file} is accepted by any cluster, in any namespace`, () => {
    const { metadata, spec } = daemonSet
    const template = spec.template
    assert.equal(daemonSet.apiVersion, 'apps/v1')
    assert.ok(isDns1123Subdomain(metadata.name))
    assert.equal(metadata.namespace, undefined)
    assert.ok(matchesLabelSelector(spec.selector, template.metadata?.labels))
    assert.equal(template.spec?.serviceAccountName, undefined)
    const priorities = [undefined, 'system-node-critical']
    assert.ok(priorities.includes(template.spec?.priorityClassName))
  })

  test(`${file} mounts only volumes that it has, and uses all of them`, () => {
    const {
      containers = [],
      initContainers = [],
      volumes = [],
    } = daemonSet.spec.template.spec ?? {}
    const all = [...containers, ...initContainers]
    const mounts = all.flatMap(({ volumeMounts = [] }) => volumeMounts)
    const mounted = new Set(mounts.map(({ name }) => name))
    assert.deepEqual([...mounted].sort(), volumes.map(({ name }) => name).sort())
    for (const { name, securityContext, volumeMounts = [] } of all) {
      assert.deepEqual(dns1123LabelErrors(name), [])
      const propagates = volumeMounts.some((mount) => mount.mountPropagation === 'Bidirectional')
      if (propagates) assert.equal(securityContext?.privileged, true, name)
    }
    for (const { configMap } of volumes) if (configMap) assert.equal(configMap.optional, true)
  })

  test(`${file} fits on the smallest node of the laboratory`, () => {
    const { spec } = daemonSet.spec.template
    assert.ok(spec)
    const [smallest] = fleetIn('lab.yaml')
    for (const [name, value] of podRequestsOf(spec)) {
      const allocatable = parseQuantity(smallest?.status.allocatable?.[name] ?? '0')
      const asked = parseQuantity(name === 'cpu' ? `${value}m` : String(value))
      assert.ok(compareQuantities(asked, allocatable) < 0, `${name} ${value}`)
    }
  })
}

test('the first example is the one that the documents update by its container name', () => {
  const { metadata, spec } = daemonSetIn('basic-daemonset.yaml')
  assert.equal(metadata.name, 'fluentd-logging')
  assert.equal(metadata.labels?.['app'], 'fluentd-logging')
  assert.deepEqual(
    spec.template.spec?.containers.map(({ name, image }) => [name, image?.split('-')[0]]),
    [['fluentd', 'fluentd:v1.16']],
  )
})

test('octal modes are read as kubectl reads them', () => {
  const { volumes = [] } =
    daemonSetIn('use-cases/log-collection-filebeat.yaml').spec.template.spec ?? {}
  assert.equal(volumes.find(({ name }) => name === 'config')?.configMap?.defaultMode, 0o640)
})

for (const [file, count] of [
  ['lab.yaml', 3],
  ['production.yaml', 40],
] as const) {
  test(`the fleet ${file} has ${count} nodes as clusters have them`, () => {
    const nodes = fleetIn(file)
    assert.equal(nodes.length, count)
    assert.equal(new Set(nodes.map(({ metadata }) => metadata.name)).size, count)
    for (const { metadata, status } of nodes) {
      assert.equal(metadata.labels?.['kubernetes.io/hostname'], metadata.name)
      for (const name of ['cpu', 'memory', 'ephemeral-storage', 'pods']) {
        const [capacity, allocatable] = [status.capacity?.[name], status.allocatable?.[name]]
        assert.ok(capacity !== undefined && allocatable !== undefined, `${metadata.name} ${name}`)
        assert.ok(compareQuantities(parseQuantity(capacity), parseQuantity(allocatable)) >= 0)
      }
    }
  })
}

test('PLACE-03: the examples run where the documents say', () => {
  const lab = fleetIn('lab.yaml')
  const onLab = (file: string) => nodesFor(daemonSetIn(file), lab)
  assert.deepEqual(onLab('basic-daemonset.yaml'), ['worker-1', 'worker-2'])
  assert.deepEqual(onLab('daemonset-node-selector.yaml'), ['worker-1'])
  assert.equal(onLab('use-cases/log-collection-fluentd.yaml').length, 3)
})

test('PLACE-03: the use cases reach the parts of the production fleet that they are for', () => {
  const production = fleetIn('production.yaml')
  const count = (file: string) => nodesFor(daemonSetIn(file), production).length
  assert.equal(count('basic-daemonset.yaml'), 27) // Workers, Arm and edge.
  assert.equal(count('daemonset-node-selector.yaml'), 11) // Six workers and five on Arm.
  assert.equal(count('use-cases/log-collection-fluentd.yaml'), 30) // And the control plane.
  assert.equal(count('use-cases/log-collection-filebeat.yaml'), 30)
  assert.equal(count('use-cases/monitoring-node-exporter.yaml'), 40)
  assert.equal(count('use-cases/network-cni.yaml'), 40)
  assert.equal(count('use-cases/storage-csi-node.yaml'), 40)
  assert.equal(count('use-cases/security-sensor.yaml'), 36) // All but the edge.
})

test('the production fleet has GPUs only where its taint says so', () => {
  const gpus = fleetIn('production.yaml').filter(
    ({ status }) => status.capacity?.['nvidia.com/gpu'] !== undefined,
  )
  assert.equal(gpus.length, 4)
  for (const { spec, status } of gpus) {
    assert.deepEqual(
      spec.taints?.map(({ key, effect }) => `${key}:${effect}`),
      ['nvidia.com/gpu:NoSchedule'],
    )
    assert.equal(status.allocatable?.['nvidia.com/gpu'], '4')
  }
})
