import {
  After,
  AfterAll,
  Before,
  BeforeAll,
  BeforeStep,
  setDefaultTimeout,
  setWorldConstructor,
} from '@cucumber/cucumber'
import type { Pod } from '../../src/kubernetes/types'
import { scenarioIdOf } from '../../src/targets/scenario-id'
import { currentSession, openSession, type Session } from '../../src/targets/session'
import { parseTarget } from '../../src/targets/target'
import { ConformanceWorld, type WorldParameters } from './world'

/** Long enough for a step on a live cluster that waits for the pod garbage collector. */
const stepSeconds = 150
/** Long enough for the start of a cluster in a container. */
const startSeconds = 300

setDefaultTimeout(stepSeconds * 1000)
setWorldConstructor(ConformanceWorld)

let ownSession: Session | undefined

BeforeAll({ timeout: startSeconds * 1000 }, async function () {
  if (currentSession() !== undefined) return
  const { target = 'in-process' }: WorldParameters = this.parameters
  // biome-ignore lint/style/noProcessEnv: cucumber runs by itself here, so nothing else passes it in.
  ownSession = await openSession(parseTarget(target), { name: target, env: process.env })
})

AfterAll({ timeout: startSeconds * 1000 }, async () => {
  await ownSession?.[Symbol.asyncDispose]()
  ownSession = undefined
})

Before(async function (this: ConformanceWorld, { gherkinDocument, pickle }) {
  const { target } = sessionInUse()
  const tags = pickle.tags.map(({ name }) => name)
  const wanted = tags.includes('@real-kubelet') ? 'real' : 'simulated'
  if (wanted !== target.nodes) {
    this.log(`This needs ${wanted} nodes; those of ${target.name} are ${target.nodes}.`)
    return 'skipped'
  }
  const since = sinceOf(tags)
  if (since > minorOf(target.version)) {
    this.log(`Clusters behave like this since 1.${since}; this one is ${target.version}.`)
    return 'skipped'
  }
  this.open(await target.openScenario(scenarioIdOf(gherkinDocument, pickle)), pickle.uri)
  return undefined
})

BeforeStep(async function (this: ConformanceWorld, { pickleStep }) {
  if (pickleStep.type === 'Action' && this.part === 'given') await takeSnapshot(this)
  if (pickleStep.type === 'Context') this.part = 'given'
  if (pickleStep.type === 'Action') this.part = 'when'
  if (pickleStep.type === 'Outcome') this.part = 'then'
})

After(async function (this: ConformanceWorld, { gherkinDocument, pickle, result }) {
  if (!this.isOpen) return
  const { cluster } = this
  try {
    await cluster.settle()
    if (result?.status === 'PASSED') {
      await this.confirmOutcomes()
      this.confirmRefusals()
    }
  } finally {
    sessionInUse().record(scenarioIdOf(gherkinDocument, pickle), cluster.observation())
    await this.close()
  }
})

/** Runs before the hook above, while everything is still there, and waits as long as somebody looks at it. */
After(
  { timeout: -1 },
  async function (this: ConformanceWorld, { gherkinDocument, pickle, result }) {
    if (!this.isOpen || result?.status !== 'FAILED') return
    await sessionInUse().failed({
      scenarioId: scenarioIdOf(gherkinDocument, pickle),
      message: result.message?.split('\n', 1)[0] ?? '',
      namespace: this.namespace,
    })
  },
)

/** Keeps what is there before the first `When`, once the observation has caught up with it. */
async function takeSnapshot(world: ConformanceWorld): Promise<void> {
  const [pods, daemonSets, revisions] = await Promise.all([
    world.list('Pod'),
    world.list('DaemonSet'),
    world.list('ControllerRevision'),
  ])
  await world.cluster.eventually(
    'the observation shows the pods that are there',
    () => world.cluster.observation().events.filter(({ kind }) => kind === 'Pod'),
    (events) => pods.every((pod) => events.some(({ object }) => isSameOrLater(object as Pod, pod))),
  )
  const eventCount = world.cluster.observation().events.length
  world.before = { pods, daemonSets, revisions, eventCount }
}

function isSameOrLater(seen: Pod, pod: Pod): boolean {
  if (seen.metadata.uid !== pod.metadata.uid) return false
  return BigInt(seen.metadata.resourceVersion) >= BigInt(pod.metadata.resourceVersion)
}

function sessionInUse(): Session {
  const session = currentSession()
  if (session === undefined) throw new Error('no session is open')
  return session
}

/** The minor version since which a cluster must behave as the scenario says; 0 without such a tag. */
function sinceOf(tags: readonly string[]): number {
  return Math.max(0, ...tags.map((tag) => Number(/^@since-1\.(\d+)$/.exec(tag)?.[1] ?? 0)))
}

function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.POSITIVE_INFINITY)
}
