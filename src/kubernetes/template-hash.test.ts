import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { templateHash } from './template-hash'
import type { PodTemplateSpec } from './types'

const template: PodTemplateSpec = {
  metadata: { labels: { app: 'fluentd-logging' } },
  spec: { containers: [{ name: 'fluentd', image: 'fluentd:v1.16-1' }] },
}

test('HISTORY-04: the hash is at most ten characters of the safe alphabet, and stable', () => {
  assert.match(templateHash(template), /^[456789bcdf]{1,10}$/)
  assert.equal(templateHash(template), '649fb77947')
  assert.equal(templateHash(structuredClone(template)), templateHash(template))
})

test('HISTORY-04: a collision count gives another hash, also when it is 0', () => {
  const hashes = [undefined, 0, 1, 2, 256].map((count) => templateHash(template, count))
  assert.equal(new Set(hashes).size, hashes.length)
})

test('HISTORY-04: the order in which a template was written does not matter', () => {
  const { metadata, spec } = template
  assert.equal(
    templateHash({ ...(spec && { spec }), ...(metadata && { metadata }) }),
    templateHash(template),
  )
})

test('HISTORY-04: other images give other hashes', () => {
  const imageOf = (image: string) => ({ spec: { containers: [{ name: 'c', image }] } })
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,12}$/), fc.stringMatching(/^[a-z]{1,12}$/), (a, b) => {
      assert.equal(templateHash(imageOf(a)) === templateHash(imageOf(b)), a === b)
    }),
  )
})
