import type { Client, WatchEvent } from '../kubernetes/client'
import { seededRandom } from '../kubernetes/random'
import { StatusError } from '../kubernetes/status-error'
import type { Draft, Kind, KubernetesObject } from '../kubernetes/types'
import { ApiServer } from './api-server'
import { VirtualClock } from './virtual-clock'

/** What tests of the API server start from: a server with the account that pods of `default` need. */
export interface ServerFixture {
  readonly server: ApiServer
  readonly clock: VirtualClock
  readonly client: Client
}

/** Starts a server for one test. */
export async function startServer(
  options: { readonly historyLimit?: number; readonly seed?: number } = {},
): Promise<ServerFixture> {
  const clock = new VirtualClock()
  const { seed = 1, ...rest } = options
  const server = new ApiServer({ clock, random: seededRandom(seed), ...rest })
  const client = server.client('test')
  await client.create('ServiceAccount', { metadata: { name: 'default', namespace: 'default' } })
  return { server, clock, client }
}

/** A small pod in `default`. */
export function podDraft(name: string, changes: Draft = {}): Draft {
  const { metadata, spec, ...rest } = changes
  return {
    ...rest,
    metadata: { name, namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'main', image: 'main:1' }], ...(spec as object) },
  }
}

/** A small DaemonSet in `default`. */
export function daemonSetDraft(name: string, changes: Draft = {}): Draft {
  const { metadata, spec, ...rest } = changes
  return {
    ...rest,
    metadata: { name, namespace: 'default', ...metadata },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'main:1' }] },
      },
      ...(spec as object),
    },
  }
}

/** The refusal of a request that must not succeed. */
export async function refusalOf(request: Promise<unknown>): Promise<StatusError> {
  try {
    await request
  } catch (error) {
    if (error instanceof StatusError) return error
    throw error
  }
  throw new Error('the request was not refused')
}

/** What a watch has shown so far; `ended` once it has ended. */
export interface Watched {
  readonly events: WatchEvent<KubernetesObject>[]
  readonly ends: (Error | undefined)[]
  /** The events in short: `ADDED a`. */
  readonly lines: () => readonly string[]
  stop(): void
}

/** Watches a kind and keeps what it is told. */
export function watched(
  client: Client,
  kind: Kind,
  options: Parameters<Client['watch']>[1] = {},
): Watched {
  const events: WatchEvent<KubernetesObject>[] = []
  const ends: (Error | undefined)[] = []
  const watch = client.watch(kind, options, {
    event: (event) => events.push(event),
    ended: (error) => ends.push(error),
  })
  const lines = () => events.map(({ type, object }) => `${type} ${object.metadata.name}`)
  return { events, ends, lines, stop: () => watch.stop() }
}

/** Lets all microtasks run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
