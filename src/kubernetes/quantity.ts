import type { Container, PodSpec } from './types'

/** How a quantity was written, and is to be written again. */
type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** An amount of a resource, exact to a thousand-millionth, which is the finest that the API keeps. */
export interface Quantity {
  readonly nanos: bigint
  readonly format: QuantityFormat
}

/** A text that is no quantity; the message is the API server's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError'
}

const nanosPerUnit = 10n ** 9n
/** Powers of ten are taken up to this one, either way; no resource is counted beyond it. */
const maxExponent = 128
/** Where the API server stops counting in powers of 1024. */
const largestBinary = (2n ** 63n - 1n) * nanosPerUnit

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

/**
 * Reads a quantity such as `100m`, `1.5`, `128Mi` or `1e3`.
 *
 * What is finer than a thousand-millionth is rounded up.
 *
 * @throws QuantityError when the text is none
 */
export function parseQuantity(text: string): Quantity {
  const [, sign, whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text) ?? []
  if (sign === undefined || text === '') {
    throw new QuantityError(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
  }
  const { format, base, exponent } = scaleOf(suffix)
  const digits = BigInt(whole + fraction) // No digits at all are 0, as the API server has it.
  const magnitude = scaled(digits, { base, exponent, places: fraction.length })
  return { nanos: sign === '-' ? -magnitude : magnitude, format }
}

/** Whether the text is a quantity. */
export function isQuantity(text: string): boolean {
  try {
    parseQuantity(text)
    return true
  } catch (error) {
    if (error instanceof QuantityError) return false
    throw error
  }
}

interface Scale {
  readonly format: QuantityFormat
  readonly base: 10n | 1024n
  readonly exponent: number
}

function scaleOf(suffix: string): Scale {
  const decimal = decimalSuffixes.indexOf(suffix)
  if (decimal >= 0) return { format: 'DecimalSI', base: 10n, exponent: (decimal - 3) * 3 }
  const binary = binarySuffixes.indexOf(suffix)
  if (binary > 0) return { format: 'BinarySI', base: 1024n, exponent: binary }
  if (/^[eE][-+]?\d+$/.test(suffix)) {
    return { format: 'DecimalExponent', base: 10n, exponent: Number(suffix.slice(1)) }
  }
  throw new QuantityError("unable to parse quantity's suffix")
}

function scaled(
  digits: bigint,
  { base, exponent, places }: { base: bigint; exponent: number; places: number },
): bigint {
  if (digits === 0n) return 0n
  const limited = Math.max(-maxExponent - places, Math.min(maxExponent + places, exponent))
  const numerator = digits * nanosPerUnit * (limited > 0 ? base ** BigInt(limited) : 1n)
  const denominator = 10n ** BigInt(places) * (limited < 0 ? base ** BigInt(-limited) : 1n)
  const nanos = dividedUp(numerator, denominator)
  return base === 1024n && nanos > largestBinary ? largestBinary : nanos
}

/** The quotient of two amounts that are not negative, rounded up. */
function dividedUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}

/** Below, equal or above 0 as the first amount is less than, equal to or more than the second. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (a.nanos === b.nanos) return 0
  return a.nanos < b.nanos ? -1 : 1
}

/** The sum, written in the format of the first amount unless that is 0. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format }
}

/**
 * The text that an API server gives back for an amount in a resource list (requests, limits, capacity,
 * quota): canonical, and rounded up to thousandths.
 *
 * @throws QuantityError when the text is no quantity
 */
export function canonicalQuantity(text: string): string {
  const { nanos, format } = parseQuantity(text)
  const millis = nanosPerUnit / 1000n
  const magnitude = dividedUp(nanos < 0n ? -nanos : nanos, millis) * millis
  return formatQuantity({ nanos: nanos < 0n ? -magnitude : magnitude, format })
}

/** The canonical text: no fraction, and the largest suffix that allows for that. */
export function formatQuantity({ nanos, format }: Quantity): string {
  const sign = nanos < 0n ? '-' : ''
  const magnitude = nanos < 0n ? -nanos : nanos
  if (magnitude === 0n) return '0'
  const isBinary =
    format === 'BinarySI' && magnitude >= 1024n * nanosPerUnit && magnitude % nanosPerUnit === 0n
  return `${sign}${isBinary ? binaryText(magnitude / nanosPerUnit) : decimalText(magnitude, format)}`
}

function binaryText(units: bigint): string {
  let [mantissa, step] = [units, 0]
  while (mantissa % 1024n === 0n && step < binarySuffixes.length - 1) {
    mantissa /= 1024n
    step++
  }
  return `${mantissa}${binarySuffixes[step] ?? ''}`
}

function decimalText(nanos: bigint, format: QuantityFormat): string {
  const isExponent = format === 'DecimalExponent'
  const lastStep = isExponent ? maxExponent : decimalSuffixes.length - 1
  let [mantissa, step] = [nanos, 0]
  while (mantissa % 1000n === 0n && step < lastStep) {
    mantissa /= 1000n
    step++
  }
  if (!isExponent) return `${mantissa}${decimalSuffixes[step] ?? ''}`
  const exponent = (step - 3) * 3
  return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`
}

/** The amount in whole units, rounded up; exact up to 2^53. */
export function unitValueOf(text: string): number {
  return roundedUp(parseQuantity(text).nanos, nanosPerUnit)
}

/** The amount in thousandths, rounded up; exact up to 2^53. */
export function milliValueOf(text: string): number {
  return roundedUp(parseQuantity(text).nanos, nanosPerUnit / 1000n)
}

function roundedUp(nanos: bigint, divisor: bigint): number {
  return nanos > 0n ? Number(dividedUp(nanos, divisor)) : Number(nanos / divisor)
}

type Amounts = Readonly<Record<string, string>>
type Resources = NonNullable<Container['resources']>

/** Requests by container list: all pods made from one frozen template share it, and so the result. */
const knownRequests = new WeakMap<
  object,
  { spec: PodSpec; requests: ReadonlyMap<string, number> }
>()

/**
 * What the pod asks of a node, by resource: `cpu` in thousandths, everything else in whole units.
 *
 * The containers and the init containers that keep running count together, but never less than the
 * largest step of the initialisation; amounts for the whole pod replace that, and the overhead is on top.
 *
 * @see SCHED-12
 */
export function podRequestsOf(spec: PodSpec): ReadonlyMap<string, number> {
  const known = knownRequests.get(spec.containers)
  if (known !== undefined && hasSameResources(known.spec, spec)) return known.requests
  const requests = new Map<string, number>()
  for (const [name, nanos] of podNanosOf(spec)) {
    requests.set(name, roundedUp(nanos, name === 'cpu' ? nanosPerUnit / 1000n : nanosPerUnit))
  }
  if (Object.isFrozen(spec.containers)) knownRequests.set(spec.containers, { spec, requests })
  return requests
}

function hasSameResources(a: PodSpec, b: PodSpec): boolean {
  return (
    a.initContainers === b.initContainers &&
    a.resources === b.resources &&
    a.overhead === b.overhead
  )
}

function podNanosOf({
  containers,
  initContainers = [],
  resources,
  overhead = {},
}: PodSpec): Map<string, bigint> {
  const total = new Map<string, bigint>()
  const sidecars = new Map<string, bigint>()
  const largestStep = new Map<string, bigint>()
  for (const container of containers) add(total, requestsOf(container.resources))
  for (const container of initContainers) {
    const requests = requestsOf(container.resources)
    const step = new Map(sidecars)
    add(step, requests)
    for (const [name, nanos] of step) raise(largestStep, name, nanos)
    if (container.restartPolicy === 'Always') {
      add(sidecars, requests)
      add(total, requests)
    }
  }
  for (const [name, nanos] of largestStep) raise(total, name, nanos)
  for (const [name, text] of Object.entries(requestsOf(resources))) {
    total.set(name, parseQuantity(text).nanos)
  }
  add(total, overhead)
  return total
}

/** A request that is not written is as large as the limit (API-187). */
function requestsOf(resources: Resources | undefined): Amounts {
  return { ...resources?.limits, ...resources?.requests }
}

function add(total: Map<string, bigint>, amounts: Amounts): void {
  for (const [name, text] of Object.entries(amounts)) {
    total.set(name, (total.get(name) ?? 0n) + parseQuantity(text).nanos)
  }
}

function raise(total: Map<string, bigint>, name: string, nanos: bigint): void {
  const present = total.get(name)
  if (present === undefined || present < nanos) total.set(name, nanos)
}

/**
 * How well the pod is protected when its node runs short; amounts for the whole pod decide alone.
 *
 * @see API-189
 */
export function qosClassOf(spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const { containers, initContainers = [], resources } = spec
  const asks = hasAmounts(resources)
    ? [resources]
    : [...containers, ...initContainers].map((container) => container.resources)
  if (!asks.some(hasAmounts)) return 'BestEffort'
  return asks.every(isFixed) ? 'Guaranteed' : 'Burstable'
}

const qosResources = ['cpu', 'memory'] as const

function hasAmounts(resources: Resources | undefined): boolean {
  const requests = requestsOf(resources)
  return qosResources.some((name) => nanosOf(requests[name]) > 0n)
}

function isFixed(resources: Resources | undefined): boolean {
  const requests = requestsOf(resources)
  return qosResources.every((name) => {
    const limit = nanosOf(resources?.limits?.[name])
    return limit > 0n && limit === nanosOf(requests[name])
  })
}

function nanosOf(text: string | undefined): bigint {
  return text === undefined ? 0n : parseQuantity(text).nanos
}
