import { timestampOf } from '../../kubernetes/clock'
import { badRequest, methodNotAllowed } from '../refusals'
import type { Door } from './access'
import { send } from './answer'
import { millisecondsOf } from './durations'
import type { SidePaths } from './gateway'
import type { Exchange } from './resource-handler'
import { advanceLimitMilliseconds, type TimeDriver } from './time-driver'

/** Where the clock of the cluster is read and moved. */
const clockPath = '/simulation/clock'

/** `GET /simulation/clock` tells the time of the cluster, `POST /simulation/clock?advance=5m` lets it pass. */
export function clockPaths(driver: TimeDriver, now: () => number): SidePaths {
  return {
    async handle(exchange: Exchange, url: URL, door: Door): Promise<boolean> {
      const { request, response } = exchange
      if (url.pathname !== clockPath) return false
      door.check(request)
      if (request.method === 'POST') await advance(driver, url.searchParams.get('advance') ?? '')
      else if (request.method !== 'GET') throw methodNotAllowed()
      send(request, response, { code: 200, body: { now: timestampOf(now()), speed: driver.speed } })
      return true
    },
  }
}

async function advance(driver: TimeDriver, text: string): Promise<void> {
  const milliseconds = millisecondsOf(text)
  if (milliseconds === undefined || milliseconds > advanceLimitMilliseconds) {
    throw badRequest(
      `advance: wanted a duration such as 5m, at most a year, found ${JSON.stringify(text)}`,
    )
  }
  await driver.advance(milliseconds)
}
