import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Draft, Kind } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { valuesOf } from './arbitrary-values.test'
import { isInOrder } from './in-order'
import { prune, readThrough } from './prune'
import { shapeOfType } from './schema'

/** What can be wrong in the middle of an object, beside what `valuesOf` makes. */
const oddities = fc.constantFrom<unknown>(null, undefined, 0, '', false, [], {}, [null], {
  a: null,
})

/** The value with one of its parts, wherever it is, replaced. */
function withOddity(value: unknown, place: number, oddity: unknown): unknown {
  let left = place
  const copied = (part: unknown): unknown => {
    if (left-- === 0) return oddity
    if (Array.isArray(part)) return part.map(copied)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, copied(one)]))
  }
  return copied(value)
}

function outcomeOf(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error
  }
}

describe('a look at whether an object is in order', () => {
  const kinds: readonly Kind[] = ['DaemonSet', 'Event', 'Node', 'Pod', 'Service']
  for (const kind of kinds) {
    const shape = shapeOfType(kind)
    const drafts = valuesOf(shape) as fc.Arbitrary<Draft>

    it(`finds in order what has been read of a ${kind}`, () => {
      fc.assert(
        fc.property(drafts, (draft) => {
          assert.ok(isInOrder(shape, readThrough(kind, { ...draft, metadata: {} }).object))
        }),
        { numRuns: 60 },
      )
    })

    it(`changes nothing about how a ${kind} is read`, () => {
      fc.assert(
        fc.property(
          drafts,
          fc.nat({ max: 60 }),
          oddities,
          fc.boolean(),
          (draft, place, oddity, isFrozen) => {
            const { object: inOrder } = readThrough(kind, { ...draft, metadata: {} })
            const odd = withOddity(inOrder, place + 1, oddity) as Draft
            const given = isFrozen ? deepFrozen(odd) : odd
            const [quick, long] = [prune, readThrough].map((read) =>
              outcomeOf(() => read(kind, given)),
            )
            assert.deepEqual(quick, long)
            if (isInOrder(shape, given)) assert.equal((long as { object: Draft }).object, given)
          },
        ),
        { numRuns: 200 },
      )
    })
  }
})
