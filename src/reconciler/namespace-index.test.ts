import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Pod } from '../kubernetes/types'
import type { InformerHandlers } from './informer'
import { NamespaceIndex } from './namespace-index'
import { podOf } from './testing/objects'

/** An index, and the handlers that it has given to its informer. */
function following() {
  const index = new NamespaceIndex<Pod>()
  let handlers: InformerHandlers<Pod> = {}
  index.follow({ handle: (given) => (handlers = given) })
  return { index, handlers }
}

function podIn(namespace: string, name: string): Pod {
  const pod = podOf({ name })
  return { ...pod, metadata: { ...pod.metadata, namespace } }
}

describe('namespace index', () => {
  const [a, b, elsewhere] = [podIn('one', 'a'), podIn('one', 'b'), podIn('two', 'a')]

  test('tells the objects of namespaces apart, and knows none of an unheard-of one', () => {
    const { index, handlers } = following()
    for (const pod of [a, b, elsewhere]) handlers.added?.(pod)
    assert.deepEqual([...index.in('one')], [a, b])
    assert.deepEqual([...index.in('two')], [elsewhere])
    assert.deepEqual([...index.in('three')], [])
  })

  test('shows the newest state of an object, once', () => {
    const { index, handlers } = following()
    handlers.added?.(a)
    const newer = podIn('one', 'a')
    handlers.updated?.(newer, a)
    assert.equal([...index.in('one')][0], newer)
    assert.equal([...index.in('one')].length, 1)
  })

  test('forgets what is deleted, and does not mind if it never knew it', () => {
    const { index, handlers } = following()
    handlers.deleted?.(a, a)
    handlers.added?.(a)
    handlers.added?.(elsewhere)
    handlers.deleted?.(a, a)
    assert.deepEqual([...index.in('one')], [])
    assert.deepEqual([...index.in('two')], [elsewhere])
  })
})
