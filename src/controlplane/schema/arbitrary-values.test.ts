import fc from 'fast-check'
import type { Scalar, Shape } from './schema'

const known = new Map<Shape, fc.Arbitrary<unknown>[]>()

/** Objects of a shape, as a client could send them: anything may be missing, null or empty. */
export function valuesOf(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  const byDepth = known.get(shape) ?? []
  known.set(shape, byDepth)
  const arbitrary = byDepth[depth] ?? newValuesOf(shape, depth)
  byDepth[depth] = arbitrary
  return arbitrary
}

function newValuesOf(shape: Shape, depth: number): fc.Arbitrary<unknown> {
  switch (shape.is) {
    case 'list':
      return fc.array(valuesOf(shape.of, depth + 1), { maxLength: 2 })
    case 'map':
      return fc.dictionary(fc.constantFrom('a', 'b.c/d', 'cpu'), valuesOf(shape.of, depth + 1), {
        maxKeys: 2,
      })
    case 'scalar':
      return scalars[shape.type]
    case 'object': {
      if (depth > 10) return fc.constant({})
      const fields = [...shape.fields].map(([name, field]): [string, fc.Arbitrary<unknown>] => [
        name,
        fc.option(valuesOf(field.shape, depth + 1), { nil: null, freq: 12 }),
      ])
      return fc
        .subarray(fields, { maxLength: Math.min(fields.length, depth < 4 ? 6 : 3) })
        .chain((chosen) => fc.record(Object.fromEntries(chosen)))
    }
  }
}

const scalars: Record<Scalar, fc.Arbitrary<unknown>> = {
  any: fc.jsonValue(),
  boolean: fc.boolean(),
  bytes: fc.constantFrom('', 'YQ==', 'YWJj'),
  'int-or-string': fc.oneof(
    fc.integer(),
    fc.constantFrom('', '10%', 'http', '-1%'),
  ) as fc.Arbitrary<unknown>,
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
  microtime: fc.constantFrom('2026-01-01T00:00:00.000001Z', '2026-01-01T01:00:00.000000+01:00'),
  quantity: fc.constantFrom<unknown>('1', '100m', '1.5', '1024Ki', '-1', '1e3', '0.0001', 2),
  string: fc.constantFrom('', 'a', 'In', 'Exists', 'x/y/z', '..', 'Always', 'NoExecute', 'A_b.c'),
  time: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00.5+01:00'),
}
