import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  isQuantity,
  milliValueOf,
  parseQuantity,
  podRequestsOf,
  QuantityError,
  qosClassOf,
  unitValueOf,
} from './quantity'
import type { Container, PodSpec } from './types'

test('quantities have one canonical text', () => {
  const expected: [string, string][] = [
    ['0', '0'],
    ['0Mi', '0'],
    ['-0', '0'],
    ['1', '1'],
    ['+1', '1'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['0.1', '100m'],
    ['1000', '1k'],
    ['1500k', '1500k'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['12e2', '1200'],
    ['1E', '1E'],
    ['1Ki', '1Ki'],
    ['1024Ki', '1Mi'],
    ['1000Ki', '1000Ki'],
    ['512', '512'],
    ['0.5Ki', '512'],
    ['1.5Gi', '1536Mi'],
    ['0.3Gi', '322122547200m'],
    ['128974848', '128974848'],
    ['-100m', '-100m'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['1e-12', '1e-9'],
  ]
  for (const [text, canonical] of expected) {
    assert.equal(formatQuantity(parseQuantity(text)), canonical, text)
  }
})

test('amounts are exact, however large', () => {
  assert.equal(formatQuantity(parseQuantity('12345678901234567890')), '12345678901234567890')
  assert.equal(formatQuantity(parseQuantity('1024E')), '1024E')
  assert.equal(formatQuantity(parseQuantity('1e99')), '1e99')
  assert.equal(formatQuantity(parseQuantity('0e999999')), '0')
})

test('powers of 1024 end at the largest 64-bit number', () => {
  assert.equal(formatQuantity(parseQuantity('8Ei')), '9223372036854775807')
  assert.equal(formatQuantity(parseQuantity('7Ei')), '7Ei')
})

test('an exponent beyond all reason costs no time', () => {
  const large = parseQuantity('1e999999999')
  assert.ok(compareQuantities(large, parseQuantity('1e100')) > 0)
  assert.equal(formatQuantity(parseQuantity('1e-999999999')), '1e-9')
})

test('resource lists come back from an API server in thousandths', () => {
  const expected: [string, string][] = [
    ['0.1', '100m'],
    ['1000m', '1'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1u', '1m'],
    ['1.23456789012', '1235m'],
    ['1.5e-3', '2e-3'],
    ['0.3Gi', '322122547200m'],
    ['.', '0'],
    ['Ki', '0'],
    ['-1u', '-1m'],
  ]
  for (const [text, canonical] of expected) assert.equal(canonicalQuantity(text), canonical, text)
})

test('a text that is no quantity is refused', () => {
  for (const text of ['', 'x', '1 ', ' 1', '1.2.3', '--1', '1Kib', '1 Gi', '1,5', '1m5Q']) {
    assert.equal(isQuantity(text), false, text)
  }
  assert.throws(() => parseQuantity('1Kx'), QuantityError)
  assert.throws(() => parseQuantity('abc'), /must match the regular expression/)
  assert.throws(() => parseQuantity('1Gm'), /unable to parse quantity's suffix/)
})

test('values are rounded up', () => {
  assert.equal(milliValueOf('100m'), 100)
  assert.equal(milliValueOf('2'), 2000)
  assert.equal(milliValueOf('1u'), 1)
  assert.equal(unitValueOf('128Mi'), 134_217_728)
  assert.equal(unitValueOf('1m'), 1)
  assert.equal(unitValueOf('-1500m'), -1)
})

const texts = fc
  .tuple(
    fc.integer({ min: -9999, max: 9999 }),
    fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'e3', 'e-3', 'G'),
  )
  .map(([number, suffix]) => `${number}${suffix}`)

test('the canonical text means the same amount and is its own canonical text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const quantity = parseQuantity(text)
      const canonical = formatQuantity(quantity)
      assert.equal(compareQuantities(parseQuantity(canonical), quantity), 0)
      assert.equal(formatQuantity(parseQuantity(canonical)), canonical)
    }),
  )
})

test('sums do not depend on the order, and keep the order of their parts', () => {
  fc.assert(
    fc.property(texts, texts, texts, (...all) => {
      const [a, b, c] = all.map(parseQuantity) as [Q, Q, Q]
      assert.equal(compareQuantities(addQuantities(a, b), addQuantities(b, a)), 0)
      assert.equal(
        compareQuantities(addQuantities(a, c), addQuantities(b, c)),
        compareQuantities(a, b),
      )
    }),
  )
})

type Q = ReturnType<typeof parseQuantity>

function container(resources: Container['resources'], more: Partial<Container> = {}): Container {
  return { name: 'c', ...(resources && { resources }), ...more }
}

test('SCHED-12: containers add up, in thousandths of a cpu and in bytes', () => {
  const spec: PodSpec = {
    containers: [
      container({ requests: { cpu: '100m', memory: '128Mi' } }),
      container({ requests: { cpu: '0.25', 'example.com/gpu': '1' } }),
    ],
  }
  assert.deepEqual(
    podRequestsOf(spec),
    new Map([
      ['cpu', 350],
      ['memory', 134_217_728],
      ['example.com/gpu', 1],
    ]),
  )
  assert.deepEqual(podRequestsOf({ containers: [container(undefined)] }), new Map())
})

test('SCHED-12: the largest init step counts, with the sidecars started before it', () => {
  const spec: PodSpec = {
    containers: [container({ requests: { cpu: '100m' } })],
    initContainers: [
      container({ requests: { cpu: '1' } }),
      container({ requests: { cpu: '200m' } }, { restartPolicy: 'Always' }),
      container({ requests: { cpu: '900m', memory: '1' } }),
    ],
  }
  // Steps 1000, 200, 200 + 900; running 100 + 200.
  assert.deepEqual(
    podRequestsOf(spec),
    new Map([
      ['cpu', 1100],
      ['memory', 1],
    ]),
  )
})

test('SCHED-12: amounts for the whole pod replace the sum, and the overhead is added', () => {
  const spec: PodSpec = {
    containers: [container({ requests: { cpu: '1', memory: '10' } })],
    resources: { requests: { cpu: '500m' } },
    overhead: { cpu: '50m', memory: '1' },
  }
  assert.deepEqual(
    podRequestsOf(spec),
    new Map([
      ['cpu', 550],
      ['memory', 11],
    ]),
  )
})

test('SCHED-12: pods that share frozen containers share the answer, unless other parts differ', () => {
  const containers = Object.freeze([container({ requests: { cpu: '1' } })])
  const first = podRequestsOf({ containers, nodeName: 'a' })
  assert.equal(podRequestsOf({ containers, nodeName: 'b' }), first)
  assert.equal(podRequestsOf({ containers, overhead: { cpu: '1' } }).get('cpu'), 2000)
})

test('API-189: classes of service', () => {
  const fixed = {
    requests: { cpu: '1', memory: '1Gi' },
    limits: { cpu: '1000m', memory: '1024Mi' },
  }
  const classOf = (...containers: Container[]) => qosClassOf({ containers })
  assert.equal(classOf(container(undefined)), 'BestEffort')
  assert.equal(classOf(container({ requests: { 'example.com/gpu': '1' } })), 'BestEffort')
  assert.equal(classOf(container({ requests: { cpu: '0' } })), 'BestEffort')
  assert.equal(classOf(container(fixed)), 'Guaranteed')
  assert.equal(classOf(container({ limits: fixed.limits })), 'Guaranteed')
  assert.equal(classOf(container(fixed), container(undefined)), 'Burstable')
  assert.equal(classOf(container({ requests: { cpu: '100m' } })), 'Burstable')
  assert.equal(
    classOf(container({ ...fixed, requests: { cpu: '500m', memory: '1Gi' } })),
    'Burstable',
  )
  assert.equal(
    qosClassOf({ containers: [container(fixed)], initContainers: [container(undefined)] }),
    'Burstable',
  )
  assert.equal(qosClassOf({ containers: [container(undefined)], resources: fixed }), 'Guaranteed')
})
