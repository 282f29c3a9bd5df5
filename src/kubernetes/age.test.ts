import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAge } from './age'

const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000]

test('API-71, TABLE-27: one or two units, rounded down', () => {
  const expected: [number, string][] = [
    [Number.NaN, '<unknown>'],
    [-2 * s, '<invalid>'],
    [-2 * s + 1, '0s'],
    [-1 * s, '0s'],
    [-1, '0s'],
    [0, '0s'],
    [999, '0s'],
    [119 * s, '119s'],
    [120 * s, '2m'],
    [121 * s, '2m1s'],
    [10 * m - 1, '9m59s'],
    [10 * m, '10m'],
    [3 * h - 1, '179m'],
    [3 * h, '3h'],
    [3 * h + 59 * s, '3h'],
    [8 * h - 1, '7h59m'],
    [8 * h, '8h'],
    [48 * h - 1, '47h'],
    [48 * h, '2d'],
    [2 * d + h, '2d1h'],
    [8 * d - 1, '7d23h'],
    [8 * d, '8d'],
    [730 * d - 1, '729d'],
    [730 * d, '2y'],
    [731 * d, '2y1d'],
    [8 * 365 * d - 1, '7y364d'],
    [8 * 365 * d, '8y'],
    [100 * 365 * d, '100y'],
  ]
  for (const [milliseconds, text] of expected) assert.equal(formatAge(milliseconds), text)
})

test('TABLE-27: an age never reads longer than it is', () => {
  const units: Record<string, number> = { s, m, h, d, y: 365 * d }
  fc.assert(
    fc.property(fc.nat(50 * 365 * 86_400), (seconds) => {
      const parts = [...formatAge(seconds * s).matchAll(/(\d+)([smhdy])/g)]
      const read = parts.reduce((sum, [, n, unit = '']) => sum + Number(n) * (units[unit] ?? 0), 0)
      assert.ok(read <= seconds * s && read > (seconds * s) / 2 - s)
    }),
  )
})
