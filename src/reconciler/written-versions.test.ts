import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WrittenVersions } from './written-versions'

describe('versions the controller has written', () => {
  const at = (version: string) => () => version

  test('GATES-03: a cache that has not come so far is stale; then the record is dropped', () => {
    const written = new WrittenVersions()
    written.wrote('a', 'uid', 'Pod', '100')
    written.wrote('a', 'uid', 'Pod', '99')
    const message = 'read version "99" is not as new as written version "100" for Pod'
    assert.equal(written.staleness('a', at('99')), message)
    assert.equal(written.staleness('a', at('100')), undefined)
    assert.equal(written.staleness('a', at('1')), undefined)
  })

  test('GATES-03: versions compare as numbers, not as texts', () => {
    const written = new WrittenVersions()
    written.wrote('a', 'uid', 'Pod', '1000')
    assert.notEqual(written.staleness('a', at('999')), undefined)
    written.wrote('a', 'uid', 'Pod', '99999999999999999998')
    assert.notEqual(written.staleness('a', at('99999999999999999997')), undefined)
  })

  test('GATES-05: unknown and incomparable versions count as fresh', () => {
    const written = new WrittenVersions()
    for (const version of ['', 'abc', '007', '9x']) {
      written.wrote('a', 'uid', 'Pod', '1000')
      assert.equal(written.staleness('a', at(version)), undefined)
    }
    written.wrote('a', 'uid', 'Pod', 'opaque')
    assert.equal(written.staleness('a', at('1')), undefined)
  })

  test('GATES-05: another uid replaces the record, and a deleted object has none', () => {
    const written = new WrittenVersions()
    written.wrote('a', 'uid', 'Pod', '1000')
    written.wrote('a', 'another', 'DaemonSet', '5')
    assert.equal(written.staleness('a', at('5')), undefined)
    written.wrote('a', 'another', 'DaemonSet', '50')
    written.forget('a')
    assert.equal(written.staleness('a', at('5')), undefined)
  })

  test('GATES-03: every kind has to be fresh, and only for its own key', () => {
    const written = new WrittenVersions()
    written.wrote('a', 'uid', 'Pod', '10')
    written.wrote('a', 'uid', 'DaemonSet', '20')
    const cached = (kind: string) => (kind === 'Pod' ? '10' : '19')
    assert.match(written.staleness('a', cached) ?? '', /DaemonSet/)
    assert.equal(written.staleness('b', cached), undefined)
  })
})
