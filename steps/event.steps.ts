import { Then } from '@cucumber/cucumber'
import type { Event } from '../src/kubernetes/types'
import { type ConformanceWorld, daemonPodsAmong } from './support/world'

Then(
  '{string} has a Warning event {string}',
  async function (this: ConformanceWorld, name: string, reason: string) {
    await this.eventually(`the events of DaemonSet ${name}`, () => summariesOf(this, name)).toMeet(
      (summaries) => summaries.some((summary) => summary.startsWith(`Warning ${reason}: `)),
    )
  },
)

Then(
  '{string} has the Normal event {string} saying {string}',
  async function (this: ConformanceWorld, name: string, reason: string, message: string) {
    await expectEvent(this, name, `Normal ${reason}: ${message}`)
  },
)

Then(
  '{string} has the Warning event {string} saying {string}',
  async function (this: ConformanceWorld, name: string, reason: string, message: string) {
    await expectEvent(this, name, `Warning ${reason}: ${message}`)
  },
)

Then(
  '{string} has the Normal event {string} saying {string} for each of its {int} daemon pods',
  async function (
    this: ConformanceWorld,
    name: string,
    reason: string,
    message: string,
    count: number,
  ) {
    const pods = await this.daemonPodsOf(name)
    await expectEventPerPod(this, name, {
      summary: `Normal ${reason}: ${message}`,
      pods: pods.map(({ metadata }) => metadata.name),
      count,
    })
  },
)

Then(
  '{string} has the Normal event {string} saying {string} for each of its {int} former daemon pods',
  async function (
    this: ConformanceWorld,
    name: string,
    reason: string,
    message: string,
    count: number,
  ) {
    const pods = daemonPodsAmong(this.before.pods, name)
    await expectEventPerPod(this, name, {
      summary: `Normal ${reason}: ${message}`,
      pods: pods.map(({ metadata }) => metadata.name),
      count,
    })
  },
)

Then(
  '{string} has the Normal event {string} saying {string} more than once',
  async function (this: ConformanceWorld, name: string, reason: string, message: string) {
    const isMeant = (event: Event) =>
      event.type === 'Normal' && event.reason === reason && event.message === message
    await this.eventually(`how often ${reason} was told of DaemonSet ${name}`, async () => {
      const events = (await eventsOf(this, name)).filter(isMeant)
      return events.reduce((sum, { count = 1 }) => sum + count, 0)
    }).toMeet((count) => count > 1)
  },
)

Then(
  '{string} has no Normal event {string}',
  async function (this: ConformanceWorld, name: string, reason: string) {
    await this.eventually(`the events of DaemonSet ${name}`, () => summariesOf(this, name)).toMeet(
      (summaries) => !summaries.some((summary) => summary.startsWith(`Normal ${reason}: `)),
    )
  },
)

Then(
  '{string} has {int} Normal event(s) {string}, of which {int} is/are combined',
  async function (
    this: ConformanceWorld,
    name: string,
    count: number,
    reason: string,
    combined: number,
  ) {
    await this.eventually(`the ${reason} events of DaemonSet ${name}`, async () => {
      const summaries = await summariesOf(this, name)
      const found = summaries.filter((summary) => summary.startsWith(`Normal ${reason}: `))
      const isCombined = (summary: string) => summary.includes('(combined from similar events)')
      return { all: found.length, combined: found.filter(isCombined).length }
    }).toEqual({ all: count, combined })
  },
)

Then('{string} has no event', async function (this: ConformanceWorld, name: string) {
  await this.eventually(`the events of DaemonSet ${name}`, () => summariesOf(this, name)).toEqual(
    [],
  )
})

Then('{string} has no Warning event', async function (this: ConformanceWorld, name: string) {
  await this.eventually(`the events of DaemonSet ${name}`, () => summariesOf(this, name)).toMeet(
    (summaries) => summaries.every((summary) => !summary.startsWith('Warning ')),
  )
})

/** Each event of the DaemonSet as one line: its type, reason and message. */
async function summariesOf(world: ConformanceWorld, name: string): Promise<readonly string[]> {
  const events = await eventsOf(world, name)
  return events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
}

async function eventsOf(world: ConformanceWorld, name: string): Promise<readonly Event[]> {
  const events = await world.list('Event')
  return events
    .filter(({ involvedObject }) => involvedObject.kind === 'DaemonSet')
    .filter(({ involvedObject }) => involvedObject.name === name)
}

async function expectEvent(world: ConformanceWorld, name: string, text: string): Promise<void> {
  const pattern = patternOf(world, name, text)
  await world
    .eventually(`the events of DaemonSet ${name}`, () => summariesOf(world, name))
    .toMeet((summaries) => summaries.some((summary) => pattern.test(summary)))
}

/** The text of an event, where `<namespace>` stands for the scenario's and `<pod>` for a generated name. */
function patternOf(world: ConformanceWorld, daemonSet: string, text: string): RegExp {
  const pattern = text
    .split(/(<namespace>|<pod>)/)
    .map((part) => {
      if (part === '<pod>') return `${escaped(daemonSet)}-[a-z0-9]*`
      return escaped(part === '<namespace>' ? world.namespace : part)
    })
    .join('')
  return new RegExp(`^${pattern}$`)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

async function expectEventPerPod(
  world: ConformanceWorld,
  name: string,
  expected: { readonly summary: string; readonly pods: readonly string[]; readonly count: number },
): Promise<void> {
  const { summary, pods, count } = expected
  const wanted = pods.map((pod) => summary.replace('<pod>', pod))
  await world
    .eventually(`the events of DaemonSet ${name}`, () => summariesOf(world, name))
    .toMeet(
      (summaries) =>
        wanted.length === count && wanted.every((summary) => summaries.includes(summary)),
    )
}
