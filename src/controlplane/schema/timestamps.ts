const layouts = {
  time: '2006-01-02T15:04:05Z07:00',
  microtime: '2006-01-02T15:04:05.000000Z07:00',
} as const

/** Whole seconds for most timestamps, six decimals for leases and event times. */
export type TimeForm = keyof typeof layouts

const expression = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/

/** Times that were found to be in order are remembered, this many of each form: most writes of a moment carry the same. */
const rememberedTimes = 1_000
const remembered = { time: new Map<string, string>(), microtime: new Map<string, string>() }

/** The canonical UTC text of an RFC 3339 time, or why the text is none, in the words of Go's reader. */
export function readTimestamp(
  form: TimeForm,
  text: string,
): { readonly value: string } | { readonly problem: string } {
  const known = remembered[form].get(text)
  if (known !== undefined) return { value: known }
  const [, seconds, fraction = '', zone] = expression.exec(text) ?? []
  if (seconds === undefined || zone === undefined) return unparsable(form, text, [text, '2006'])
  if (form === 'microtime' && fraction.length !== 7) {
    return unparsable(form, text, [`${fraction}${zone}`, '.000000'])
  }
  const milliseconds = Date.parse(`${seconds}${zone}`)
  // Date.parse moves e.g. 30 February to March.
  if (Number.isNaN(milliseconds) || !isRealTime(seconds)) {
    return { problem: `parsing time ${JSON.stringify(text)}: day out of range` }
  }
  const utc = zone === 'Z' ? seconds : new Date(milliseconds).toISOString().slice(0, 19)
  const value = `${utc}${form === 'microtime' ? fraction : ''}Z`
  if (remembered[form].size >= rememberedTimes) remembered[form].clear()
  remembered[form].set(text, value)
  return { value }
}

function isRealTime(seconds: string): boolean {
  const milliseconds = Date.parse(`${seconds}Z`)
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(seconds)
}

function unparsable(
  form: TimeForm,
  text: string,
  [rest, element]: readonly [rest: string, element: string],
): { readonly problem: string } {
  const [whole, part] = [JSON.stringify(text), JSON.stringify(rest)]
  return {
    problem: `parsing time ${whole} as "${layouts[form]}": cannot parse ${part} as "${element}"`,
  }
}
