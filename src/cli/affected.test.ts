import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { affectedBy, both, saidOf, type WatchedProject, watchedPaths } from './affected'

describe('what a saved file affects', () => {
  let root = ''
  let project: WatchedProject

  function path(name: string): string {
    return join(root, name)
  }
  function affected(name: string): unknown {
    return affectedBy(path(name), project)
  }

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'dsc-affected-'))
    for (const [name, text] of Object.entries({
      'features/a/one.feature': 'When the manifest "use-cases/agent" is applied',
      'features/a/two.feature': 'Given the fleet "lab"',
      'features/b/three.feature': 'When the manifest "./own.yaml" is applied',
      'features/b/own.yaml': '',
      'features/b/README.md': '',
      'manifests/use-cases/agent.yaml': '',
      'manifests/fleets/lab.yaml': '',
      'manifests/other.yaml': '',
      'steps/pod.steps.ts': '',
      'src/a.ts': '',
    })) {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), text)
    }
    project = {
      root,
      cwd: root,
      selection: [],
      stepFiles: new Map([
        [path('features/a/one.feature'), new Set([path('steps/pod.steps.ts')])],
        [path('features/a/two.feature'), new Set([path('steps/node.steps.ts')])],
      ]),
    }
  })
  after(() => rmSync(root, { recursive: true }))

  it('is a feature itself, if it was asked for', () => {
    assert.deepEqual(affected('features/a/one.feature'), new Set([path('features/a/one.feature')]))
    assert.deepEqual(affected('features/a/gone.feature'), new Set())
    const some = { ...project, selection: [path('features/b')] }
    assert.deepEqual(affectedBy(path('features/a/one.feature'), some), new Set())
  })

  it('is every feature that names a manifest, or everything where none does', () => {
    const one = new Set([path('features/a/one.feature')])
    assert.deepEqual(affected('manifests/use-cases/agent.yaml'), one)
    const two = new Set([path('features/a/two.feature')])
    assert.deepEqual(affected('manifests/fleets/lab.yaml'), two)
    const three = new Set([path('features/b/three.feature')])
    assert.deepEqual(affected('features/b/own.yaml'), three)
    assert.equal(affected('manifests/other.yaml'), 'everything')
    assert.deepEqual(affected('features/b/unused.yaml'), new Set())
  })

  it('is every feature with a step of a file, those of which nothing is known, or everything', () => {
    const expected = new Set([path('features/a/one.feature'), path('features/b/three.feature')])
    assert.deepEqual(affected('steps/pod.steps.ts'), expected)
    assert.equal(affected('steps/new.steps.ts'), 'everything')
    assert.equal(affected('steps/support/world.ts'), 'everything')
    assert.equal(affected('src/a.ts'), 'everything')
  })

  it('is nothing for tests, reports and whatever else lies about', () => {
    for (const name of [
      'src/a.test.ts',
      'src/testing/x.ts',
      'reports/latest/conformance.json',
      'x.yaml',
    ]) {
      assert.deepEqual(affected(name), new Set(), name)
    }
  })

  it('adds up, and is told in one line', () => {
    const one = new Set(['a'])
    assert.deepEqual(both(one, new Set(['b'])), new Set(['a', 'b']))
    assert.equal(both(one, 'everything'), 'everything')
    assert.equal(
      saidOf([path('x'), path('y')], one, root),
      'x and 1 more saved: running 1 of the features',
    )
  })

  it('is looked for in features, steps, sources, manifests and what features name', () => {
    const paths = watchedPaths({ ...project, selection: [path('features/b/three.feature')] })
    assert.deepEqual(paths.map((each) => each.slice(root.length + 1)).sort(), [
      'features/b/own.yaml',
      'features/b/three.feature',
      'manifests',
      'src',
      'steps',
    ])
  })
})
