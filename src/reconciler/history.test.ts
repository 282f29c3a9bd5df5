import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { controllerRevisionHashLabel } from '../kubernetes/pods'
import type { ControllerRevision, DaemonSet, PodTemplateSpec } from '../kubernetes/types'
import {
  hashLabelOf,
  historyOf,
  holdsTemplate,
  keptRevisionOf,
  revisionDataOf,
  revisionDraftOf,
  revisionHistoryLimitOf,
  surplusRevisionsOf,
} from './history'
import { daemonSetOf } from './testing/objects'

/** A revision of a template as a server would store it. */
function revisionOf(revision: number, daemonSet: DaemonSet, name = `rev-${revision}`) {
  return {
    ...revisionDraftOf(daemonSet, revision),
    metadata: { name, namespace: 'default', labels: { [controllerRevisionHashLabel]: name } },
  } as unknown as ControllerRevision
}

const present = daemonSetOf()
const earlier = daemonSetOf({ podSpec: { hostNetwork: true } })

describe('revision data', () => {
  test('HISTORY-02: the template with a replace directive, keys in byte order, nothing else', () => {
    const text = JSON.stringify(revisionDataOf(present.spec.template))
    const expected =
      '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"image":"agent:1","name":"app"}]}}}}'
    assert.equal(text, expected)
  })

  test('HISTORY-09: what another controller wrote from the same template compares equal', () => {
    // As a server before 1.34 shows a template, null and all; members in another order.
    const template = {
      metadata: { creationTimestamp: null, labels: { app: 'agent' } },
      spec: { containers: [{ name: 'app', resources: {} }] },
    } as unknown as PodTemplateSpec
    const data = {
      spec: {
        template: {
          spec: { containers: [{ resources: {}, name: 'app' }] },
          metadata: { labels: { app: 'agent' }, creationTimestamp: null },
          $patch: 'replace',
        },
      },
    }
    const revision = { ...revisionOf(1, present), data }
    assert.equal(holdsTemplate(revision, template), true)
    assert.equal(holdsTemplate(revision, present.spec.template), false)
    // GATES-17: without the null it is another text.
    const { creationTimestamp: _, ...metadata } = template.metadata ?? {}
    assert.equal(holdsTemplate(revision, { ...template, metadata }), false)
  })

  test('HISTORY-09: one without data holds no template', () => {
    for (const data of [undefined, null]) {
      const revision = { ...revisionOf(1, present), data } as unknown as ControllerRevision
      assert.equal(holdsTemplate(revision, present.spec.template), false)
      assert.deepEqual(historyOf(present, [revision]).old, [revision])
    }
  })

  test('HISTORY-03, HISTORY-05, HISTORY-06, HISTORY-07: name, labels, annotations, owner', () => {
    const { metadata, revision } = revisionDraftOf(present, 4) as unknown as ControllerRevision
    const hash = metadata.labels?.[controllerRevisionHashLabel] ?? ''
    assert.match(hash, /^[456789bcdf]{1,10}$/)
    assert.deepEqual(metadata, {
      name: `agent-${hash}`,
      namespace: 'default',
      labels: { app: 'agent', [controllerRevisionHashLabel]: hash },
      annotations: present.metadata.annotations,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          name: 'agent',
          uid: 'uid-of-agent',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    })
    assert.equal(revision, 4)
  })

  test('HISTORY-03: a revision says what it is, also that of a DaemonSet without a status', () => {
    const { status: _, ...unseen } = present
    const draft = revisionDraftOf(unseen as DaemonSet, 1)
    assert.deepEqual(draft, revisionDraftOf(present, 1))
    assert.deepEqual([draft.apiVersion, draft.kind], ['apps/v1', 'ControllerRevision'])
  })

  test('HISTORY-04: the collision count makes it another name', () => {
    const names = [undefined, 0, 1].map((collisionCount) => {
      const status = collisionCount === undefined ? {} : { collisionCount }
      return revisionDraftOf(daemonSetOf({ status }), 1).metadata?.name
    })
    assert.equal(new Set(names).size, 3)
  })
})

describe('history', () => {
  test('HISTORY-08, HISTORY-09: data alone makes a revision current', () => {
    const [one, two, three] = [
      revisionOf(1, present),
      revisionOf(2, earlier),
      revisionOf(7, earlier),
    ]
    const history = historyOf(present, [one, two, three])
    assert.deepEqual(history, { current: [one], old: [two, three], nextRevision: 8 })
    assert.deepEqual(historyOf(present, []), { current: [], old: [], nextRevision: 1 })
  })

  test('HISTORY-12: of duplicates the highest number is kept, on a tie the last', () => {
    const [a, b, c] = [
      revisionOf(3, present, 'a'),
      revisionOf(5, present, 'b'),
      revisionOf(5, present, 'c'),
    ]
    assert.equal(keptRevisionOf([a, b, c]), c)
    assert.equal(keptRevisionOf([b, a]), b)
    assert.equal(keptRevisionOf([]), undefined)
  })

  const old = [5, 1, 4, 2, 3].map((number) => revisionOf(number, earlier))
  const surplus = (limit: number, liveHashes: string[] = []) =>
    surplusRevisionsOf(old, { limit, liveHashes: new Set(liveHashes) }).map(
      ({ revision }) => revision,
    )

  test('HISTORY-21: the lowest numbers go first', () => {
    assert.deepEqual(surplus(3), [1, 2])
    assert.deepEqual(surplus(5), [])
    assert.deepEqual(surplus(6), [])
    assert.deepEqual(surplus(10), [])
  })

  test('HISTORY-21: ten are kept when the spec does not say', () => {
    const { revisionHistoryLimit: _, ...spec } = present.spec
    assert.equal(revisionHistoryLimitOf({ ...present, spec }), 10)
    assert.equal(revisionHistoryLimitOf(daemonSetOf({ spec: { revisionHistoryLimit: 0 } })), 0)
  })

  test("HISTORY-22: one without a hash label is nobody's, so it may go", () => {
    const { labels: _, ...metadata } = revisionOf(1, earlier).metadata
    const bare = { ...revisionOf(1, earlier), metadata }
    assert.equal(hashLabelOf(bare), undefined)
    assert.deepEqual(surplusRevisionsOf([bare], { limit: 0, liveHashes: new Set(['a']) }), [bare])
  })

  test('HISTORY-22, HISTORY-23: live ones are skipped but counted, so a younger one may go', () => {
    assert.deepEqual(surplus(3, ['rev-1']), [2, 3])
    assert.deepEqual(surplus(0, ['rev-2', 'rev-4']), [1, 3, 5])
    assert.deepEqual(
      surplus(
        0,
        old.map(({ metadata }) => metadata.name),
      ),
      [],
    )
  })
})
