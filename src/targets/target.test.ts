import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from './errors'
import { k3sImageOf, parseTarget } from './target'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const builtIn = { kind: 'k3s', controller: 'built-in', nodes: 'simulated' }

for (const [text, spec] of [
  ['in-process', { kind: 'in-process', gateway: false }],
  ['in-process?gateway', { kind: 'in-process', gateway: true }],
  ['k3s', builtIn],
  ['k3s?controller=ours', { ...builtIn, controller: 'ours' }],
  ['k3s?nodes=simulated&controller=built-in', builtIn],
  ['k3s?nodes=real:2', { ...builtIn, nodes: { real: 2 } }],
  [
    'k3s:v1.30.4-k3s1?nodes=real:9&controller=ours',
    {
      kind: 'k3s',
      image: 'rancher/k3s:v1.30.4-k3s1',
      controller: 'ours',
      nodes: { real: 9 },
    },
  ],
  ['k3s:v1.30.4-k3s1', { ...builtIn, image: 'rancher/k3s:v1.30.4-k3s1' }],
  [
    'k3s:v1.30.4-k3s1?controller=ours',
    { ...builtIn, image: 'rancher/k3s:v1.30.4-k3s1', controller: 'ours' },
  ],
  ['k3s:rancher/k3s:v1.21.2-k3s1', { ...builtIn, image: 'rancher/k3s:v1.21.2-k3s1' }],
  [`k3s:rancher/k3s@${digest}`, { ...builtIn, image: `rancher/k3s@${digest}` }],
  [`k3s:rancher/k3s:v1@${digest}`, { ...builtIn, image: `rancher/k3s:v1@${digest}` }],
  ['k3s:k3s:dev', { ...builtIn, image: 'k3s:dev' }],
  ['k3s:localhost:5000/k3s:dev', { ...builtIn, image: 'localhost:5000/k3s:dev' }],
  ['kubeconfig', { kind: 'kubeconfig' }],
  ['kubeconfig:/tmp/a b/config', { kind: 'kubeconfig', path: '/tmp/a b/config' }],
  ['kubeconfig:config#admin@lab', { kind: 'kubeconfig', path: 'config', context: 'admin@lab' }],
  ['kubeconfig#lab', { kind: 'kubeconfig', context: 'lab' }],
  ['recording:reports/x.json', { kind: 'recording', path: 'reports/x.json' }],
] as const) {
  test(`the target ${text} is understood`, () => {
    assert.deepEqual(parseTarget(text), spec)
  })
}

for (const text of [
  '',
  'minikube',
  'in-process:x',
  'in-process?nodes=3',
  'k3s:',
  'k3sfoo',
  'k3s:a b',
  'k3s:rancher/k3s@sha256:123',
  'k3s?controller=theirs',
  'k3s?nodes=real',
  'k3s?nodes=real:0',
  'k3s?nodes=real:10',
  'k3s?nodes=real:2x',
  'k3s?nodes=3',
  'k3s?real=2',
  'kubeconfig:',
  'recording',
  'recording:',
]) {
  test(`the target "${text}" is a usage error that names the alternatives`, () => {
    assert.throws(
      () => parseTarget(text),
      (error) =>
        error instanceof UsageError &&
        error.exitCode === 2 &&
        error.message.includes(`"${text}"`) &&
        error.message.includes('kubeconfig'),
    )
  })
}

test('a bare tag and a bare digest mean the image of rancher/k3s', () => {
  assert.equal(k3sImageOf('v1.36.2-k3s1'), 'rancher/k3s:v1.36.2-k3s1')
  assert.equal(k3sImageOf(digest), `rancher/k3s@${digest}`)
  assert.equal(k3sImageOf('ghcr.io/x/k3s:v1'), 'ghcr.io/x/k3s:v1')
})
