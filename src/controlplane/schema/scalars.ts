import { formatQuantity, parseQuantity, QuantityError } from '../../kubernetes/quantity'
import type { Scalar } from './schema'
import { readTimestamp, type TimeForm } from './timestamps'

/** A value that has another JSON type than its field; `type` is the Go type that was expected. */
export interface TypeMismatch {
  readonly found: string
  readonly type: string
}

/** Why a scalar cannot be read: a wrong type (told with its path), or a text in the wrong form. */
export type ScalarProblem = TypeMismatch | string

/** How many texts of quantities are remembered with their canonical form. */
const rememberedQuantities = 4096
const quantities = new Map<string, string>()

/** Reads a scalar into its canonical form, or says why it cannot be read. */
export function readScalar(
  type: Scalar,
  value: unknown,
): { readonly value: unknown } | { readonly problem: ScalarProblem } {
  switch (type) {
    case 'any':
      return { value }
    case 'boolean':
      return typeof value === 'boolean' ? { value } : mismatch(value, 'bool')
    case 'string':
      return typeof value === 'string' ? { value } : mismatch(value, 'string')
    case 'int32':
      return readInteger(value, type, 2 ** 31)
    case 'int64':
      return readInteger(value, type, 2 ** 63)
    case 'int-or-string':
      return typeof value === 'string' ? { value } : readInteger(value, 'int32', 2 ** 31)
    case 'quantity':
      return readQuantity(value)
    case 'bytes':
      return readBytes(value)
    case 'time':
    case 'microtime':
      return readTime(type, value)
  }
}

/** How Go's JSON reader calls what it found. */
export function foundWord(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

function mismatch(value: unknown, type: string): { problem: TypeMismatch } {
  return { problem: { found: foundWord(value), type } }
}

function readInteger(value: unknown, type: string, limit: number): ReturnType<typeof readScalar> {
  if (typeof value !== 'number') return mismatch(value, type)
  if (Number.isInteger(value) && value >= -limit && value < limit) return { value }
  return { problem: { found: `number ${value}`, type } }
}

function readQuantity(value: unknown): ReturnType<typeof readScalar> {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const known = quantities.get(text)
  if (known !== undefined) return { value: known }
  try {
    const { nanos, format } = parseQuantity(text.trim())
    const canonical = formatQuantity({ nanos: roundedUp(nanos), format })
    if (quantities.size >= rememberedQuantities) quantities.clear()
    quantities.set(text, canonical)
    return { value: canonical }
  } catch (error) {
    if (error instanceof QuantityError) return { problem: error.message }
    throw error
  }
}

/** Amounts of resources are kept in thousandths; finer ones are rounded up. */
function roundedUp(nanos: bigint): bigint {
  const rest = nanos % nanosPerMilli
  if (rest === 0n) return nanos
  return nanos - rest + (nanos > 0n ? nanosPerMilli : 0n)
}

const nanosPerMilli = 1_000_000n

function readBytes(value: unknown): ReturnType<typeof readScalar> {
  if (typeof value !== 'string') return mismatch(value, '[]uint8')
  const end = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(value)
  const good = end?.[0].length ?? 0
  return good === value.length
    ? { value }
    : { problem: `illegal base64 data at input byte ${good}` }
}

function readTime(form: TimeForm, value: unknown): ReturnType<typeof readScalar> {
  return typeof value === 'string' ? readTimestamp(form, value) : mismatch(value, 'string')
}
