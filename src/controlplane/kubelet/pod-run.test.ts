import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { conditionOf } from '../../kubernetes/conditions'
import type { Container, Pod, PodSpec, PodStatus } from '../../kubernetes/types'
import { podOf } from '../../reconciler/testing/objects'
import { type PodEvent, readyAfterAnnotation } from './container-state'
import {
  admittedRun,
  advanced,
  dueAt,
  ended,
  ending,
  type PodContext,
  type PodRun,
  withExit,
  withReadiness,
  withSpecOf,
} from './pod-run'
import { addressOf, podStatusOf } from './pod-status'
import { defaultTiming } from './timing'

const start = Date.UTC(2026, 0, 1)

/** A pod in a simulated kubelet, with a clock of its own. */
class Simulation {
  pod: Pod
  run: PodRun
  now = start
  readonly events: PodEvent[] = []

  constructor(spec: Partial<PodSpec> = {}, annotations: Record<string, string> = {}) {
    const pod = podOf({ name: 'p', nodeName: 'node-a' })
    this.pod = {
      ...pod,
      metadata: { ...pod.metadata, uid: 'u', generation: 1, annotations },
      spec: { ...pod.spec, ...spec },
    }
    this.run = admittedRun(this.pod, this.now, defaultTiming)
    this.#show()
  }

  get status(): PodStatus {
    return this.pod.status
  }

  context(): PodContext {
    return { pod: this.pod, now: this.now, timing: defaultTiming, events: this.events }
  }

  change(change: (run: PodRun, context: PodContext) => PodRun): void {
    this.run = change(this.run, this.context())
    this.#show()
  }

  /** Lets time pass and everything that is due happen at its moment. */
  pass(milliseconds: number): void {
    const until = this.now + milliseconds
    for (
      let at = dueAt(this.run, this.pod);
      at !== undefined && at <= until;
      at = dueAt(this.run, this.pod)
    ) {
      this.now = Math.max(this.now, at)
      this.run = advanced(this.run, this.context())
      this.#show()
    }
    this.now = until
  }

  container(index = 0) {
    const status = this.status.containerStatuses?.[index]
    assert.ok(status)
    return status
  }

  condition(type: string) {
    return conditionOf(this.status.conditions, type)
  }

  reasons(): readonly string[] {
    return this.events.map(({ reason }) => reason)
  }

  #show(): void {
    const addresses = { host: addressOf('172.16.0.2'), pod: addressOf('10.64.0.2') }
    const status = podStatusOf(this.pod, this.run, addresses, this.now)
    this.pod = { ...this.pod, status: { ...this.pod.status, ...status } }
  }
}

function containers(changes: Partial<Container> = {}): Partial<PodSpec> {
  return { containers: [{ name: 'app', image: 'agent:1', ...changes }] }
}

test('KUBELET-11: the first status after admission', () => {
  const { status } = new Simulation()
  assert.equal(status.phase, 'Pending')
  assert.equal(status.startTime, '2026-01-01T00:00:00Z')
  assert.equal(status.observedGeneration, 1)
  assert.deepEqual(status.hostIPs, [{ ip: '172.16.0.2' }])
  assert.equal(status.podIP, undefined)
  assert.deepEqual(
    status.conditions?.map(({ type, status: value }) => `${type}=${value}`),
    [
      'PodReadyToStartContainers=False',
      'Initialized=True',
      'Ready=False',
      'ContainersReady=False',
      'PodScheduled=True',
    ],
  )
  assert.deepEqual(status.containerStatuses, [
    {
      name: 'app',
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {},
      ready: false,
      restartCount: 0,
      image: 'agent:1',
      imageID: '',
      started: false,
    },
  ])
})

test('KUBELET-12: what is not ready says why, what is says nothing', () => {
  const pod = new Simulation({
    containers: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'non-existent' },
    ],
  })
  assert.equal(pod.condition('Ready')?.message, 'containers with unready status: [a b]')
  pod.pass(200)
  assert.equal(pod.condition('Ready')?.reason, 'ContainersNotReady')
  assert.equal(pod.condition('ContainersReady')?.message, 'containers with unready status: [b]')
  assert.deepEqual(Object.keys(pod.condition('Initialized') ?? {}).sort(), [
    'lastTransitionTime',
    'observedGeneration',
    'status',
    'type',
  ])
})

test('KUBELET-14, KUBELET-15: when the containers run, address and readiness come in one status', () => {
  const pod = new Simulation()
  pod.pass(200)
  assert.equal(pod.status.phase, 'Running')
  assert.equal(pod.status.podIP, '10.64.0.2')
  assert.equal(pod.condition('Ready')?.status, 'True')
  assert.equal(pod.condition('PodReadyToStartContainers')?.status, 'True')
  assert.deepEqual(pod.container().state, { running: { startedAt: '2026-01-01T00:00:00Z' } })
  assert.match(pod.container().containerID ?? '', /^containerd:\/\/[0-9a-f]{64}$/)
  assert.match(pod.container().imageID, /^agent@sha256:[0-9a-f]{64}$/)
  assert.deepEqual(pod.reasons(), ['Pulled', 'Created', 'Started'])
})

test('KUBELET-14: a pod of the host network has the address of the node from the start', () => {
  assert.equal(new Simulation({ hostNetwork: true }).status.podIP, '172.16.0.2')
})

test('KUBELET-16: init containers come first, one after another, and a sidecar only has to start', () => {
  const pod = new Simulation({
    initContainers: [
      { name: 'first', image: 'x' },
      { name: 'sidecar', image: 'x', restartPolicy: 'Always' },
      { name: 'second', image: 'x' },
    ],
  })
  assert.equal(pod.container().state?.waiting?.reason, 'PodInitializing')
  assert.equal(
    pod.condition('Initialized')?.message,
    'containers with incomplete status: [first sidecar second]',
  )
  pod.pass(200)
  assert.equal(pod.status.initContainerStatuses?.[0]?.state?.terminated?.reason, 'Completed')
  assert.equal(
    pod.condition('Initialized')?.message,
    'containers with incomplete status: [sidecar second]',
  )
  assert.equal(pod.status.phase, 'Pending')
  pod.pass(400)
  assert.ok(pod.status.initContainerStatuses?.[1]?.state?.running)
  assert.equal(pod.condition('Initialized')?.status, 'True')
  pod.pass(200)
  assert.equal(pod.status.phase, 'Running')
  assert.equal(pod.condition('Ready')?.status, 'True')
})

test('KUBELET-17: a readiness probe delays readiness, and takes it away after its failures', () => {
  const readinessProbe = { initialDelaySeconds: 7, periodSeconds: 2, failureThreshold: 3 }
  const pod = new Simulation(containers({ readinessProbe }))
  pod.pass(200 + 6_999)
  assert.equal(pod.status.phase, 'Running')
  assert.equal(pod.container().ready, false)
  pod.pass(1)
  assert.equal(pod.container().ready, true)
  pod.change((run, context) => withReadiness(run, true, context))
  pod.pass(5_999)
  assert.equal(pod.container().ready, true)
  pod.pass(1)
  assert.equal(pod.container().ready, false)
  assert.equal(pod.reasons().at(-1), 'Unhealthy')
  pod.change((run, context) => withReadiness(run, false, context))
  pod.pass(2_000)
  assert.equal(pod.condition('Ready')?.status, 'True')
})

test('KUBELET-17: without a probe a pod becomes unready, and ready, at once', () => {
  const pod = new Simulation()
  pod.pass(200)
  pod.change((run, context) => withReadiness(run, true, context))
  pod.pass(0)
  assert.equal(pod.condition('Ready')?.status, 'False')
  pod.change((run, context) => withReadiness(run, false, context))
  assert.equal(pod.condition('Ready')?.status, 'True')
})

test('KUBELET-17: until the startup probe has succeeded nothing else is probed', () => {
  const startupProbe = { initialDelaySeconds: 3 }
  const pod = new Simulation(
    containers({ startupProbe, readinessProbe: { initialDelaySeconds: 2 } }),
  )
  pod.pass(200 + 2_999)
  assert.deepEqual([pod.container().started, pod.container().ready], [false, false])
  pod.pass(1)
  assert.deepEqual([pod.container().started, pod.container().ready], [true, false])
  pod.pass(2_000)
  assert.equal(pod.container().ready, true)
})

test('the annotation says when a pod becomes ready, or that it never does', () => {
  const later = new Simulation({}, { [readyAfterAnnotation]: '7' })
  later.pass(200 + 6_999)
  assert.equal(later.container().ready, false)
  later.pass(1)
  assert.equal(later.container().ready, true)
  const never = new Simulation({}, { [readyAfterAnnotation]: 'never' })
  never.pass(3_600_000)
  assert.deepEqual([never.status.phase, never.container().ready], ['Running', false])
})

test('KUBELET-18: a readiness gate without its condition keeps the pod from being ready', () => {
  const pod = new Simulation({ readinessGates: [{ conditionType: 'example.com/gate' }] })
  pod.pass(200)
  assert.equal(pod.condition('ContainersReady')?.status, 'True')
  assert.equal(pod.condition('Ready')?.reason, 'ReadinessGatesNotReady')
})

test('KUBELET-20: a container that exits is started again, with the past in lastState', () => {
  const pod = new Simulation()
  pod.pass(1_000)
  pod.change((run, context) => withExit(run, 'app', 137, context))
  assert.equal(pod.container().state?.terminated?.reason, 'OOMKilled')
  assert.deepEqual([pod.status.phase, pod.condition('Ready')?.status], ['Running', 'False'])
  const gone = pod.container().containerID
  pod.pass(200)
  assert.equal(pod.container().restartCount, 1)
  assert.equal(pod.container().lastState?.terminated?.containerID, gone)
  assert.notEqual(pod.container().containerID, gone)
  assert.equal(pod.condition('Ready')?.status, 'True')
})

test('KUBELET-21: from the second exit on the restart waits, twice as long each time, up to 5 minutes', () => {
  const pod = new Simulation(containers({ image: 'crash-loop:1' }))
  const starts: number[] = []
  let restarts = -1
  for (let second = 0; second < 1_500 && starts.length < 9; second++) {
    pod.pass(1_000)
    const { restartCount, state } = pod.container()
    if (state?.running && restartCount > restarts) {
      starts.push(pod.now)
      restarts = restartCount
    }
  }
  const pauses = starts
    .slice(1)
    .map((at, index) => Math.round((at - (starts[index] ?? 0)) / 10_000) * 10)
  assert.deepEqual(pauses, [0, 10, 20, 40, 80, 160, 300, 300])
  pod.pass(3_000)
  const { message } = pod.container().state?.waiting ?? {}
  assert.equal(message, 'back-off 5m0s restarting failed container=app pod=p_default(u)')
  assert.equal(pod.container().state?.waiting?.reason, 'CrashLoopBackOff')
  assert.ok(
    pod.events.some(
      (event) => event.message === 'Back-off restarting failed container app in pod p_default(u)',
    ),
  )
})

test('KUBELET-21: a run of ten minutes makes earlier restarts forgotten', () => {
  const pod = new Simulation()
  pod.pass(1_000)
  pod.change((run, context) => withExit(run, 'app', 1, context))
  pod.pass(200 + 600_000)
  pod.change((run, context) => withExit(run, 'app', 1, context))
  pod.pass(200)
  assert.ok(pod.container().state?.running)
})

test('KUBELET-22, E2E-21: an image that does not exist is never pulled', () => {
  const pod = new Simulation(containers({ image: 'foo:non-existent' }))
  pod.pass(200)
  assert.equal(pod.container().state?.waiting?.reason, 'ErrImagePull')
  pod.pass(1_000)
  assert.equal(pod.container().state?.waiting?.reason, 'ImagePullBackOff')
  assert.match(
    pod.container().state?.waiting?.message ?? '',
    /^Back-off pulling image "foo:non-existent": /,
  )
  pod.pass(9_000)
  assert.equal(pod.container().state?.waiting?.reason, 'ErrImagePull')
  pod.pass(3_600_000)
  assert.deepEqual([pod.status.phase, pod.container().ready], ['Pending', false])
  assert.equal(pod.condition('PodReadyToStartContainers')?.status, 'True')
  assert.ok(new Set(pod.reasons()).has('BackOff'))
})

test('KUBELET-24: a changed image restarts the container', () => {
  const pod = new Simulation()
  pod.pass(1_000)
  pod.pod = {
    ...pod.pod,
    metadata: { ...pod.pod.metadata, generation: 2 },
    spec: { ...pod.pod.spec, containers: [{ name: 'app', image: 'agent:2' }] },
  }
  pod.change(withSpecOf)
  pod.pass(200)
  const { image, restartCount } = pod.container()
  assert.deepEqual([image, restartCount, pod.status.observedGeneration], ['agent:2', 1, 2])
  assert.ok(
    pod.events.some(
      ({ message }) => message === 'Container app definition changed, will be restarted',
    ),
  )
})

test('KUBELET-25, KUBELET-26: a deleted pod stays ready until its containers have stopped', () => {
  const lifecycle = { preStop: { sleep: { seconds: 15 } } }
  const pod = new Simulation(containers({ lifecycle }))
  pod.pass(1_000)
  pod.change((run, context) => ending(run, {}, context))
  pod.pass(15_199)
  assert.equal(pod.condition('Ready')?.status, 'True')
  pod.pass(1)
  assert.equal(pod.status.phase, 'Succeeded')
  assert.equal(pod.condition('Ready')?.reason, 'PodCompleted')
  assert.equal(pod.container().state?.terminated?.exitCode, 0)
  assert.equal(pod.reasons().at(-1), 'Killing')
})

test('KUBELET-25: what has not stopped when the grace period ends is killed; a shorter one counts', () => {
  const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 60'] } } }
  const pod = new Simulation({ ...containers({ lifecycle }), terminationGracePeriodSeconds: 20 })
  pod.pass(1_000)
  pod.change((run, context) => ending(run, {}, context))
  pod.pass(5_000)
  pod.pod = { ...pod.pod, metadata: { ...pod.pod.metadata, deletionGracePeriodSeconds: 3 } }
  pod.change((run, context) => ending(run, {}, context))
  pod.pass(2_999)
  assert.equal(pod.status.phase, 'Running')
  pod.pass(1)
  assert.equal(pod.status.phase, 'Failed')
  assert.equal(pod.condition('ContainersReady')?.reason, 'PodFailed')
  assert.deepEqual(
    [pod.container().state?.terminated?.exitCode, pod.container().state?.terminated?.reason],
    [137, 'Error'],
  )
})

test('KUBELET-26: a container that never ran ends as lost, and its pod as failed', () => {
  const pod = new Simulation(containers({ image: 'foo:non-existent' }))
  pod.pass(5_000)
  pod.change((run, context) => ending(run, {}, context))
  pod.pass(200)
  assert.equal(pod.status.phase, 'Failed')
  assert.equal(pod.container().state?.terminated?.reason, 'ContainerStatusUnknown')
})

test('KUBELET-39: a pod that passes its deadline fails', () => {
  const pod = new Simulation({ activeDeadlineSeconds: 10 })
  pod.pass(9_999)
  assert.equal(pod.status.phase, 'Running')
  pod.pass(201)
  assert.deepEqual([pod.status.phase, pod.status.reason], ['Failed', 'DeadlineExceeded'])
})

type Doing = 'exit' | 'fail' | 'restore' | 'delete' | 'end' | 'image' | 'wait'

test('KUBELET-29: whatever happens, a pod that has ended never leaves its phase', () => {
  const doing = fc.constantFrom<Doing>('exit', 'fail', 'restore', 'delete', 'end', 'image', 'wait')
  const actions = fc.array(fc.record({ doing, pause: fc.nat(20_000) }), { maxLength: 20 })
  fc.assert(
    fc.property(
      actions,
      fc.constantFrom('agent:1', 'crash-loop:1', 'non-existent'),
      (steps, image) => {
        const pod = new Simulation(containers({ image, readinessProbe: { periodSeconds: 1 } }))
        let final: string | undefined
        for (const step of steps) {
          act(pod, step.doing)
          pod.pass(step.pause)
          const { phase } = pod.status
          if (final !== undefined) assert.equal(phase, final)
          if (phase === 'Failed' || phase === 'Succeeded') final = phase
          // What is due has happened: another look changes nothing.
          assert.equal(advanced(pod.run, pod.context()), pod.run)
          const isReady = pod.condition('Ready')?.status === 'True'
          assert.equal(isReady, pod.container().ready && phase === 'Running')
        }
      },
    ),
  )
})

function act(pod: Simulation, doing: Doing): void {
  const actions: Record<Doing, (run: PodRun, context: PodContext) => PodRun> = {
    exit: (run, context) => withExit(run, 'app', 1, context),
    fail: (run, context) => withReadiness(run, true, context),
    restore: (run, context) => withReadiness(run, false, context),
    delete: (run, context) => (run.result === undefined ? ending(run, {}, context) : run),
    end: (run, { now }) =>
      run.result === undefined ? ended(run, 1, { phase: 'Failed' }, now) : run,
    image: (run, context) => withSpecOf(run, context),
    wait: (run) => run,
  }
  pod.change(actions[doing])
}
