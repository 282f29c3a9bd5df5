import { badRequest } from '../refusals'
import type { RequestOptions } from '../request'

/** What a query asks for beyond what the API server itself looks at. */
export interface Query {
  readonly options: RequestOptions
  readonly watch: boolean
  readonly allowWatchBookmarks: boolean
  readonly pretty: boolean | undefined
  readonly includeObject: 'None' | 'Metadata' | 'Object'
}

/**
 * Reads the parameters of a query; unknown ones are ignored.
 *
 * @throws StatusError `BadRequest` when one cannot be parsed
 * @see API-112, API-113
 */
export function queryOf(parameters: URLSearchParams): Query {
  if (parameters.size === 0) return noQuery
  checkTimeout(parameters.get('timeout'))
  const text = (name: string) => parameters.get(name) ?? undefined
  const dryRun = parameters.getAll('dryRun').filter((value) => value !== '')
  const pretty = text('pretty')
  return {
    watch: flagOf(text('watch')) ?? false,
    allowWatchBookmarks: flagOf(text('allowWatchBookmarks')) ?? false,
    pretty: pretty === undefined ? undefined : pretty === 'true' || pretty === '1',
    includeObject: includeObjectOf(text('includeObject')),
    options: {
      dryRun: dryRun.length === 0 ? undefined : dryRun,
      fieldManager: text('fieldManager'),
      fieldValidation: text('fieldValidation'),
      force: flagOf(text('force')),
      gracePeriodSeconds: integerOf(text('gracePeriodSeconds')),
      orphanDependents: flagOf(text('orphanDependents')),
      propagationPolicy: text('propagationPolicy'),
      labelSelector: text('labelSelector'),
      fieldSelector: text('fieldSelector'),
      limit: integerOf(text('limit')),
      continue: text('continue'),
      resourceVersion: text('resourceVersion'),
      resourceVersionMatch: text('resourceVersionMatch'),
      sendInitialEvents: flagOf(text('sendInitialEvents')),
      timeoutSeconds: integerOf(text('timeoutSeconds')),
    },
  }
}

const noQuery: Query = {
  options: {},
  watch: false,
  allowWatchBookmarks: false,
  pretty: undefined,
  includeObject: 'Metadata',
}

/** A flag is on when it is there, unless it says no. */
function flagOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  return text !== '0' && text.toLowerCase() !== 'false'
}

function integerOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^[+-]?\d{1,18}$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  return Number(text)
}

function includeObjectOf(text: string | undefined): Query['includeObject'] {
  if (text === undefined || text === '') return 'Metadata'
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: ` +
      "must be 'Metadata', 'Object', 'None', or empty",
  )
}

const duration = /^[+-]?(?:0|(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/

function checkTimeout(text: string | null): void {
  if (text === null || text === '' || duration.test(text)) return
  throw badRequest(
    `invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`,
  )
}
