import assert from 'node:assert/strict'
import { test } from 'node:test'
import { templateGenerationAnnotation, templateGenerationOf } from './pods'

function generationOf(text: string | undefined): number | undefined {
  const annotations = text === undefined ? {} : { [templateGenerationAnnotation]: text }
  return templateGenerationOf({
    metadata: {
      name: 'agent',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '',
      annotations,
    },
  })
}

test('API-05: the template generation is read from its annotation', () => {
  assert.equal(generationOf('3'), 3)
  assert.equal(generationOf(undefined), undefined)
})

test('API-17: what is no 64-bit integer is no generation', () => {
  for (const text of ['', 'x', '1.5', '0x1', '9223372036854775808', '1 ']) {
    assert.equal(generationOf(text), undefined, text)
  }
  assert.equal(generationOf('-1'), -1)
})
