import { Connection, type Server, serverIn } from './http-load'

/** What was measured of one server. */
export interface GatewayMeasurement {
  readonly getsPerSecond: number
  readonly getMillisecondsP50: number
  readonly getMillisecondsP99: number
  /** The first list after the pods were made, and the median of those after it. */
  readonly firstListMilliseconds: number
  readonly listMilliseconds: number
  readonly listMegabytes: number
  readonly watchers: number
  readonly writes: number
  readonly eventsLost: number
  readonly eventsPerSecond: number
}

/** How much is asked of a server. */
export interface Load {
  readonly kubeconfig: string
  readonly pods: number
  readonly connections: number
  readonly seconds: number
  readonly watchers: number
  readonly writes: number
}

const namespaces = '/api/v1/namespaces'
const lists = 7
const rounds = 3
/** How many writes are under way at a time. */
const writers = 32
const patienceMilliseconds = 600_000

/** Asks a server that is there, in a namespace of its own, which it takes away again. */
async function load(wanted: Load): Promise<GatewayMeasurement> {
  const server = serverIn(wanted.kubeconfig)
  const namespace = `bench-${process.pid}`
  const connection = await Connection.open(server)
  const made = await connection.ask(
    connection.request('POST', namespaces, { metadata: { name: namespace } }),
  )
  connection.close()
  if (made.code !== 201) throw new Error(`the namespace was refused with ${made.code}`)
  const base = `${namespaces}/${namespace}`
  try {
    await makePods(server, base, wanted.pods)
    const listed = await measureLists(server, base)
    const got = await measureGets(server, `${base}/pods/pod-0`, wanted)
    const watched = await measureWatches(server, base, wanted)
    return { ...listed, ...got, ...watched }
  } finally {
    // Servers close connections that were idle for long: each stage has its own.
    const last = await Connection.open(server)
    for (const path of [`${base}/pods?gracePeriodSeconds=0`, base]) {
      await last.ask(last.request('DELETE', path))
    }
    last.close()
  }
}

/** Pods that nobody schedules, so that nothing else goes on while is measured. */
async function makePods(server: Server, base: string, count: number): Promise<void> {
  let next = 0
  await eachOf(server, writers, async (connection) => {
    while (next < count) {
      const body = { metadata: { name: `pod-${next++}`, labels: { app: 'bench' } }, spec: podSpec }
      const { code, body: why } = await connection.ask(
        connection.request('POST', `${base}/pods`, body),
      )
      if (code !== 201) throw new Error(`a pod was refused with ${code}: ${why()}`)
    }
  })
}

const podSpec = {
  automountServiceAccountToken: false,
  schedulingGates: [{ name: 'example.com/bench' }],
  containers: [
    {
      name: 'main',
      image: 'registry.example/agent:1',
      env: [{ name: 'LEVEL', value: 'info' }],
      resources: { requests: { cpu: '100m', memory: '200Mi' } },
    },
  ],
}

async function measureLists(
  server: Server,
  base: string,
): Promise<
  Pick<GatewayMeasurement, 'firstListMilliseconds' | 'listMilliseconds' | 'listMegabytes'>
> {
  const connection = await Connection.open(server)
  const request = connection.request('GET', `${base}/pods`)
  const times: number[] = []
  let size = 0
  for (let round = 0; round < lists; round++) {
    const began = performance.now()
    const { code, bytes } = await connection.ask(request)
    if (code !== 200) throw new Error(`the list was refused with ${code}`)
    times.push(performance.now() - began)
    size = bytes
  }
  connection.close()
  const [first = 0, ...others] = times
  return {
    firstListMilliseconds: first,
    listMilliseconds: at(others, 0.5),
    listMegabytes: size / 1e6,
  }
}

/** The best of some rounds; the first ones warm the compiler of the server up. */
async function measureGets(
  server: Server,
  path: string,
  { connections, seconds }: Load,
): Promise<
  Pick<GatewayMeasurement, 'getsPerSecond' | 'getMillisecondsP50' | 'getMillisecondsP99'>
> {
  let best = { getsPerSecond: 0, getMillisecondsP50: 0, getMillisecondsP99: 0 }
  for (let round = 0; round < rounds; round++) {
    const times: number[] = []
    const began = performance.now()
    const end = began + seconds * 1000
    await eachOf(server, connections, async (connection) => {
      const request = connection.request('GET', path)
      for (let now = performance.now(); now < end; ) {
        const { code } = await connection.ask(request)
        if (code !== 200) throw new Error(`the pod was refused with ${code}`)
        const then = performance.now()
        times.push(then - now)
        now = then
      }
    })
    const getsPerSecond = times.length / ((performance.now() - began) / 1000)
    if (getsPerSecond < best.getsPerSecond) continue
    best = {
      getsPerSecond,
      getMillisecondsP50: at(times, 0.5),
      getMillisecondsP99: at(times, 0.99),
    }
  }
  return best
}

async function measureWatches(
  server: Server,
  base: string,
  { watchers, writes }: Load,
): Promise<Pick<GatewayMeasurement, 'watchers' | 'writes' | 'eventsLost' | 'eventsPerSecond'>> {
  const path = `${base}/configmaps`
  const one = await Connection.open(server)
  await one.ask(one.request('POST', path, { metadata: { name: 'watched' } }))
  const version = /"resourceVersion":"(\d+)"/.exec(
    (await one.ask(one.request('GET', path))).body(),
  )?.[1]
  let seen = 0
  const open: Connection[] = []
  for (let index = 0; index < watchers; index++) {
    const connection = await Connection.open(server)
    const request = connection.request('GET', `${path}?watch=1&resourceVersion=${version}`)
    connection.watch(request, (count) => {
      seen += count
    })
    open.push(connection)
  }
  const began = performance.now()
  let next = 0
  await eachOf(server, writers, async (connection) => {
    while (next < writes) {
      const body = { metadata: { name: 'watched' }, data: { write: String(next++) } }
      await connection.ask(connection.request('PUT', `${path}/watched`, body))
    }
  })
  const wanted = watchers * writes
  while (seen < wanted && performance.now() - began < patienceMilliseconds) {
    const before = seen
    await new Promise((done) => setTimeout(done, 1_000))
    if (seen === before) break // Nothing has come for a second: nothing more will.
  }
  const seconds = (performance.now() - began) / 1000
  for (const connection of [one, ...open]) connection.close()
  return { watchers, writes, eventsLost: wanted - seen, eventsPerSecond: seen / seconds }
}

async function eachOf(
  server: Server,
  count: number,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: count }, () => Connection.open(server)),
  )
  await Promise.all(connections.map(work))
  for (const connection of connections) connection.close()
}

function at(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

async function main(): Promise<void> {
  process.send?.(await load(JSON.parse(process.argv[2] ?? '') as Load))
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
