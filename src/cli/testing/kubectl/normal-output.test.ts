import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normalOutput } from './normal-output'

const one = (line: string) => normalOutput(`${line}\n`)[0]

describe('the normal form of an output', () => {
  it('hides names, hashes, ages, times, identifiers and addresses', () => {
    const id = '7cf3c256-32b9-4409-93fb-64afebede10d'
    for (const [line, wanted] of [
      ['agent-cgccp   1/1   Running   0   2m41s', 'agent-NAME 1/1 Running 0 AGE'],
      [
        'agent-5fd45846bc   daemonset.apps/agent   4   46s',
        'agent-HASH daemonset.apps/agent 4 AGE',
      ],
      ['agent-b4589cb84', 'agent-HASH'],
      ['controller-revision-hash=b4589cb84', 'controller-revision-hash=HASH'],
      ['x   9s (x2 over 11s)   y', 'x AGE (x2 over AGE) y'],
      ['Start Time:  Wed, 25 Nov 2026 19:37:25 +0000', 'Start Time: TIME'],
      ['at: 2026-11-25T19:37:21Z', 'at: TIME'],
      [`uid: ${id}`, 'uid: UID'],
      [`apiserver-wlv32tlttr4jl3gtroqexyxapa_${id}`, 'apiserver-NAME_UID'],
      ['Node: node-1/172.16.0.2', 'Node: node-1/ADDRESS'],
      ['running at https://127.0.0.1:6443', 'running at https://SERVER'],
      ['--- /tmp/LIVE-137/x\t2026-11-25 19:38:26.660 +0000', '--- LIVE/x\tTIME'],
      ['  resourceVersion: "13638"', '  resourceVersion: VERSION'],
    ] as const) {
      assert.equal(one(line), wanted)
    }
  })

  it('leaves what is promised', () => {
    for (const line of [
      '    cpu: 100m',
      '  memory 200Mi (2%) 200Mi (2%)',
      '  default 100m (2%)',
      'error: pausing is not supported',
      '  TokenExpirationSeconds: 3607',
      'kube-node-lease',
      'node-1 v1.36.2',
      'image: fluentd:v1.16-1',
      'See https://kubernetes.io/docs/',
    ]) {
      assert.equal(one(line), line)
    }
  })

  it('leaves out how far a rollout has come, and orders only what has no order', () => {
    const waiting =
      'Waiting for daemon set "a" rollout to finish: 0 of 3 updated pods are available...'
    assert.deepEqual(normalOutput(`${waiting}\nb\na\n`), ['b', 'a'])
    assert.deepEqual(normalOutput('b\na\n', { inAnyOrder: true }), ['a', 'b'])
    assert.deepEqual(normalOutput('b\na\nEvents:\n  d\n  c\n'), ['b', 'a', 'Events:', '  c', '  d'])
    assert.deepEqual(normalOutput(''), [])
  })
})
