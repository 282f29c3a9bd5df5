import type { Client, WatchOptions } from '../kubernetes/client'
import { seededRandom } from '../kubernetes/random'
import type { DaemonSet, Draft, PodStatus } from '../kubernetes/types'
import { ApiServer } from './api-server'
import { deepFrozen } from './json-body'
import { VirtualClock } from './virtual-clock'

/** How long each part of the work took, in milliseconds, and how many events the watchers saw. */
export interface ApiServerTimes {
  readonly create: number
  readonly bind: number
  readonly status: number
  readonly events: number
}

/**
 * Measures the API server with the life of daemon pods: each is created, bound, and its status patched twice, while
 * eight watchers with and without selectors read along.
 *
 * Time comes from outside, as everywhere in the core; `now` is in milliseconds.
 */
export async function measureApiServer({
  pods,
  now,
}: {
  readonly pods: number
  readonly now: () => number
}): Promise<ApiServerTimes> {
  const server = new ApiServer({ clock: new VirtualClock(), random: seededRandom(1) })
  const client = server.client('bench')
  await client.create('ServiceAccount', { metadata: { name: 'default', namespace: 'default' } })
  const daemonSet = await client.create('DaemonSet', daemonSetDraft)
  let events = 0
  for (const options of watches) {
    client.watch('Pod', options, { event: () => events++, ended: () => {} })
  }
  const start = now()
  const names = await createPods(client, daemonSet, pods)
  const created = now()
  for (const [index, name] of names.entries()) {
    await client.createSubresource('Pod', { namespace: 'default', name }, 'binding', {
      target: { kind: 'Node', name: `node-${index}` },
    })
  }
  const bound = now()
  for (const ready of [false, true]) {
    for (const name of names) {
      await client.patch(
        'Pod',
        { namespace: 'default', name },
        { type: 'strategic', body: { status: statusOf(ready) } },
        { subresource: 'status' },
      )
    }
  }
  const done = now()
  server.close()
  return { create: created - start, bind: bound - created, status: done - bound, events }
}

const watches: readonly WatchOptions[] = [
  {},
  {},
  {},
  {},
  { namespace: 'default' },
  { labelSelector: 'app=agent' },
  { fieldSelector: 'spec.nodeName=' },
  { fieldSelector: 'status.phase!=Failed' },
]

const daemonSetDraft: Draft = {
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [
          {
            name: 'agent',
            image: 'agent:1',
            env: [{ name: 'LEVEL', value: 'info' }],
            ports: [{ containerPort: 8080 }],
            resources: { requests: { cpu: '100m', memory: '64Mi' } },
          },
        ],
        tolerations: [{ operator: 'Exists' }],
      },
    },
  },
}

async function createPods(client: Client, daemonSet: DaemonSet, pods: number): Promise<string[]> {
  const { name, uid } = daemonSet.metadata
  const shared = deepFrozen({
    labels: { app: 'agent', 'controller-revision-hash': 'abc', 'pod-template-generation': '1' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  })
  const names: string[] = []
  for (let index = 0; index < pods; index++) {
    const pod = await client.create('Pod', {
      metadata: { generateName: 'agent-', namespace: 'default', ...shared },
      spec: { ...daemonSet.spec.template.spec, affinity: affinityTo(`node-${index}`) },
    })
    names.push(pod.metadata.name)
  }
  return names
}

function affinityTo(nodeName: string): object {
  const nodeSelectorTerms = [
    { matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] },
  ]
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } }
}

function statusOf(ready: boolean): Partial<PodStatus> {
  const status = ready ? 'True' : 'False'
  return {
    phase: ready ? 'Running' : 'Pending',
    podIP: '10.0.0.1',
    startTime: '2026-01-01T00:00:00Z',
    conditions: [
      { type: 'Ready', status, lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'Initialized', status: 'True' },
      { type: 'ContainersReady', status },
    ],
    containerStatuses: [
      {
        name: 'agent',
        image: 'agent:1',
        imageID: 'agent@1',
        ready,
        restartCount: 0,
        state: ready
          ? { running: { startedAt: '2026-01-01T00:00:00Z' } }
          : { waiting: { reason: 'ContainerCreating' } },
      },
    ],
  }
}
