import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Draft, Pod } from '../../kubernetes/types'
import { podDraft, podOf, problemsOf, updated } from './samples.test'
import { strategies } from './strategies'

function draftOf(
  pod: Pod,
  change: { spec?: object; metadata?: object; status?: object } = {},
): Draft {
  return {
    ...pod,
    metadata: { ...pod.metadata, ...change.metadata },
    spec: { ...pod.spec, ...change.spec },
    status: { ...pod.status, ...change.status },
  } as Draft
}

describe('creating a pod', () => {
  it('API-187: makes requests of limits and host ports of container ports', () => {
    const { spec } = podOf(
      podDraft({
        hostNetwork: true,
        containers: [
          {
            name: 'web',
            image: 'web',
            ports: [{ containerPort: 80 }],
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } },
          },
        ],
      }),
    )
    const [web] = spec.containers
    assert.deepEqual(web?.resources?.requests, { cpu: '500m', memory: '1Gi' })
    assert.deepEqual(web?.ports, [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }])
    assert.equal(spec.enableServiceLinks, true)
  })

  it('API-185, API-187, API-189: begins as Pending, with its class of service', () => {
    const { status, metadata } = podOf({ ...podDraft(), status: { phase: 'Running' } })
    assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' })
    assert.equal(metadata.generation, 1)
  })

  it('says that scheduling gates hold it back', () => {
    const { status } = podOf(podDraft({ schedulingGates: [{ name: 'example.com/wait' }] }))
    assert.deepEqual(
      status.conditions?.map(({ type, status: value, reason }) => [type, value, reason]),
      [['PodScheduled', 'False', 'SchedulingGated']],
    )
  })

  it('takes its own labels into selectors that ask for them', () => {
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' } },
      matchLabelKeys: ['pod-template-hash'],
    }
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    const labels = { app: 'web', 'pod-template-hash': 'x1' }
    const { spec } = podOf(podDraft({ affinity }, { labels }))
    const [merged] =
      spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    assert.deepEqual(merged?.labelSelector?.matchExpressions, [
      { key: 'pod-template-hash', operator: 'In', values: ['x1'] },
    ])
  })

  it('API-226: has fields for selectors', () => {
    const fields = strategies.Pod.fieldsOf(podOf(podDraft({ nodeName: 'worker' })))
    assert.equal(fields['spec.nodeName'], 'worker')
    assert.equal(fields['spec.hostNetwork'], 'false')
    assert.equal(fields['status.podIP'], '')
    assert.deepEqual([...Object.keys(fields)].sort(), [...strategies.Pod.selectableFields].sort())
  })
})

describe('updating a pod', () => {
  const pod = podOf(podDraft({ tolerations: [{ key: 'a', operator: 'Exists' }] }))
  const update = (spec: object, previous = pod) =>
    updated('Pod', previous, draftOf(previous, { spec }))

  it('API-185, API-190: takes another image, an earlier deadline and more tolerations', () => {
    const change = update({
      containers: pod.spec.containers.map((container) => ({ ...container, image: 'web:2' })),
      activeDeadlineSeconds: 60,
      tolerations: [...(pod.spec.tolerations ?? []), { key: 'b', operator: 'Exists' }],
    })
    assert.deepEqual(change.problems, [])
    assert.equal(change.object.metadata.generation, 2)
    assert.equal(update({}).object.metadata.generation, 1)
  })

  it('API-190: refuses everything else, with what was tried', () => {
    const [problem = '', ...rest] = update({ nodeSelector: { disk: 'ssd' } }).problems
    assert.deepEqual(rest, [])
    assert.match(problem, /^spec: Forbidden: pod updates may not change fields other than `spec\./)
    assert.match(problem, /\n@@ -\d+,\d+ \+\d+,\d+ @@\n/)
    assert.match(problem, /\n\+ "nodeSelector": \{\n\+ {2}"disk": "ssd"\n/)
  })

  it('API-190: refuses other containers, lost tolerations and a later deadline', () => {
    assert.deepEqual(
      update({ containers: [...pod.spec.containers, { name: 'b', image: 'b' }] }).problems,
      ['spec.containers: Forbidden: pod updates may not add or remove containers'],
    )
    assert.deepEqual(update({ tolerations: [] }).problems, [
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ])
    const dated = podOf(podDraft({ activeDeadlineSeconds: 10 }))
    assert.deepEqual(update({ activeDeadlineSeconds: 20 }, dated).problems, [
      'spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value',
    ])
  })

  it('API-190: lets a gated pod narrow where it may go', () => {
    const gated = podOf(podDraft({ schedulingGates: [{ name: 'a' }], nodeSelector: { a: '1' } }))
    assert.deepEqual(
      update({ nodeSelector: { a: '1', b: '2' }, schedulingGates: [] }, gated).problems,
      [],
    )
    assert.deepEqual(update({ nodeSelector: { b: '2' } }, gated).problems, [
      'spec.nodeSelector: Invalid value: {"b":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ])
    assert.deepEqual(update({ schedulingGates: [{ name: 'b' }] }, gated).problems, [
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
    ])
  })

  it('API-181: keeps the status', () => {
    const { object } = updated('Pod', pod, draftOf(pod, { status: { phase: 'Failed' } }))
    assert.equal(object.status, pod.status)
  })
})

describe('writing the status of a pod', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'a', uid: 'u', controller: true }
  const pod = podOf(podDraft({ restartPolicy: 'OnFailure' }, { ownerReferences: [owner] }))
  const write = (status: object, previous = pod, change: object = {}) =>
    updated('Pod', previous, { ...draftOf(previous, change), status } as Draft, 'status')

  it('API-183: keeps spec, owners and class of service', () => {
    const { object, problems } = write({ phase: 'Running' }, pod, {
      spec: { nodeName: 'x' },
      metadata: { ownerReferences: [], labels: { a: 'b' } },
    })
    assert.equal(object.spec, pod.spec)
    assert.equal(object.metadata.ownerReferences, pod.metadata.ownerReferences)
    assert.deepEqual(object.metadata.labels, { a: 'b' })
    assert.deepEqual(object.status, { phase: 'Running', qosClass: 'BestEffort' })
    assert.equal(object.metadata.generation, 1)
    assert.deepEqual(problems, [])
  })

  it('API-183, API-189: refuses another class of service', () => {
    assert.deepEqual(write({ qosClass: 'Guaranteed' }).problems, [
      'status.qosClass: Invalid value: "Guaranteed": field is immutable',
    ])
  })

  it('refuses to bring back a container that has succeeded', () => {
    const ended = (exitCode: number): Pod => ({
      ...pod,
      status: {
        ...pod.status,
        containerStatuses: [{ ...containerStatus, state: { terminated: { exitCode } } }],
      },
    })
    const again = { containerStatuses: [{ ...containerStatus, state: { running: {} } }] }
    assert.deepEqual(write(again, ended(0)).problems, [
      'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
    assert.deepEqual(write(again, ended(1)).problems, [])
  })

  it('checks addresses and condition types', () => {
    assert.deepEqual(
      write({ hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.2' }], podIPs: [{ ip: 'x' }] }).problems,
      [
        'status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`',
      ],
    )
    const [problem] = write({ conditions: [{ type: 'a b', status: 'True' }] }).problems
    assert.match(problem ?? '', /^status\.conditions\[0\]\.Type: Invalid value: "a b": name part/)
  })
})

const containerStatus = {
  name: 'web',
  image: 'web:1',
  imageID: '',
  ready: false,
  restartCount: 0,
}

describe('validation of pods only', () => {
  it('refuses what only templates may have, or may not', () => {
    const debug = [{ name: 'debug', image: 'busybox:1' }]
    assert.deepEqual(problemsOf('Pod', podDraft({ ephemeralContainers: debug })), [
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ])
    assert.deepEqual(
      problemsOf('Pod', podDraft({ nodeName: 'a', schedulingGates: [{ name: 'wait' }] })),
      ['spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared'],
    )
    assert.deepEqual(problemsOf('Pod', podDraft({ containers: [{ name: 'a', image: ' a' }] })), [
      'spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace',
    ])
  })

  it('finds the problems of each pod, although pods share their parts', () => {
    const first = podOf(podDraft())
    const second = { ...first, spec: { ...first.spec, tolerations: [{ operator: 'Equal' }] } }
    assert.deepEqual(strategies.Pod.validateCreate(first), [])
    assert.equal(strategies.Pod.validateCreate(second).length, 1)
    const third = { ...first, spec: { ...first.spec, nodeName: 'A' } }
    assert.equal(strategies.Pod.validateCreate(third).length, 1)
    assert.deepEqual(strategies.Pod.validateCreate(first), [])
  })
})
