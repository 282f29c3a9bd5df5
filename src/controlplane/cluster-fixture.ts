import assert from 'node:assert/strict'
import type { Client } from '../kubernetes/client'
import type { DaemonSet, Draft, Event, Kind, Kinds, Pod } from '../kubernetes/types'
import {
  type InProcessCluster,
  type InProcessClusterOptions,
  startInProcessCluster,
} from './in-process-cluster'

/** A minute and an hour of virtual time. */
export const minute = 60_000

/** A running cluster for one test, with what tests ask it most. */
export interface ClusterFixture {
  readonly cluster: InProcessCluster
  readonly client: Client
  /** Lets nodes join and become schedulable. */
  join(...drafts: readonly (string | Draft)[]): Promise<void>
  pods(namespace?: string): Promise<readonly Pod[]>
  pod(name: string): Promise<Pod>
  /** Absent when there is none. */
  find<K extends Kind>(kind: K, name: string, namespace?: string): Promise<Kinds[K] | undefined>
  /** `reason: message` of the events about the named object, oldest first. */
  events(name: string): Promise<readonly string[]>
  event(name: string, reason: string): Promise<Event | undefined>
  /** Lets time pass until the condition holds; fails the test when a minute (or the limit) is not enough. */
  until(what: string, condition: () => Promise<boolean>, limitMilliseconds?: number): Promise<void>
  /** Creates a DaemonSet and waits until its pods are ready on that many nodes. */
  daemonSet(draft: Draft, ready: number): Promise<DaemonSet>
}

/** Starts a cluster for one test and stops it afterwards. */
export async function withCluster(
  test: (fixture: ClusterFixture) => Promise<void>,
  options: InProcessClusterOptions = {},
): Promise<void> {
  const cluster = await startInProcessCluster(options)
  try {
    await test(fixtureOf(cluster))
  } finally {
    cluster.stop()
  }
}

function fixtureOf(cluster: InProcessCluster): ClusterFixture {
  const client = cluster.client('test')
  const fixture: ClusterFixture = {
    cluster,
    client,
    async join(...drafts) {
      for (const draft of drafts) {
        await cluster.nodes.join(typeof draft === 'string' ? { metadata: { name: draft } } : draft)
      }
      await cluster.drain()
    },
    async pods(namespace = 'default') {
      return (await client.list('Pod', { namespace })).items
    },
    pod(name) {
      return client.get('Pod', { name, namespace: 'default' })
    },
    async find(kind, name, namespace) {
      const { items } = await client.list(kind, namespace === undefined ? {} : { namespace })
      return items.find(({ metadata }) => metadata.name === name)
    },
    async events(name) {
      return (await eventsAbout(client, name)).map(({ reason, message }) => `${reason}: ${message}`)
    },
    async event(name, reason) {
      return (await eventsAbout(client, name)).find((event) => event.reason === reason)
    },
    async until(what, condition, limitMilliseconds = minute) {
      assert.ok(await cluster.runUntil(condition, limitMilliseconds), `never: ${what}`)
    },
    async daemonSet(draft, ready) {
      const created = await client.create('DaemonSet', draft)
      const { name, namespace } = created.metadata
      await fixture.until(`${ready} ready pods of ${name}`, async () => {
        const { status } = await client.get('DaemonSet', { name, namespace })
        return status?.numberReady === ready
      })
      return await client.get('DaemonSet', { name, namespace })
    },
  }
  return fixture
}

async function eventsAbout(client: Client, name: string): Promise<readonly Event[]> {
  const { items } = await client.list('Event', { fieldSelector: `involvedObject.name=${name}` })
  const version = ({ metadata }: Event) => Number(metadata.resourceVersion)
  return [...items].sort((a, b) => version(a) - version(b))
}
