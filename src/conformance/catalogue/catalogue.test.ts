import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { behavioursById, type Catalogue } from './behaviour'
import { readCatalogues } from './catalogue'
import { CatalogueError } from './catalogue-error'
import { behavioursOf, idsThatAre } from './coverage'
import { readSources } from './read-coverage'

const root = join(__dirname, '..', '..', '..')

/** How many behaviours each group has; ids are never reused and never skipped. */
const sizes = {
  daemonSet: {
    API: 71,
    DELETE: 14,
    EVENTS: 11,
    GATES: 19,
    HISTORY: 32,
    MANAGE: 56,
    PLACE: 45,
    QUEUE: 31,
    STATUS: 26,
    UPDATE: 65,
  },
  controlPlane: {
    API: 140,
    DISC: 40,
    E2E: 33,
    GC: 28,
    KUBECTL: 56,
    KUBELET: 39,
    NODE: 28,
    SCHED: 30,
    TABLE: 28,
    WATCH: 31,
  },
} as const

describe('the catalogues', () => {
  const catalogues = readCatalogues(root)
  const sizesOf = ({ groups }: Catalogue) =>
    Object.fromEntries(groups.map(({ name, behaviours }) => [name, behaviours.length]))

  it('hold every behaviour, numbered without a gap', () => {
    assert.deepEqual(sizesOf(catalogues.daemonSet), sizes.daemonSet)
    assert.deepEqual(sizesOf(catalogues.controlPlane), sizes.controlPlane)
    assert.equal(behavioursById(catalogues).size, 370 + 453)
    for (const { groups } of [catalogues.daemonSet, catalogues.controlPlane]) {
      for (const { behaviours } of groups) {
        const numbers = behaviours.map(({ id }) => Number(id.replace(/^.*-/, '')))
        const [first = 0] = numbers
        assert.deepEqual(
          numbers,
          numbers.map((_, index) => first + index),
        )
      }
    }
  })

  it('call exactly the behaviours core that upstream conformance tests cover', () => {
    const core = catalogues.daemonSet.groups.map(({ name, behaviours }) => {
      const ids = behaviours.filter(({ level }) => level === 'core').map(({ id }) => id.slice(-2))
      return [name, ids.join(' ')]
    })
    assert.deepEqual(Object.fromEntries(core), {
      API: '02 06 25 27 32 58',
      DELETE: '10',
      EVENTS: '',
      GATES: '',
      HISTORY: '01 02 05 07 08 09 11 29 30',
      MANAGE: '01 02 12 13 43',
      PLACE: '02 09 10',
      QUEUE: '',
      STATUS: '01 02 06 12 15',
      UPDATE: '01 32 60 61',
    })
  })

  it('promise everything about DaemonSets', () => {
    const left = catalogues.daemonSet.groups.flatMap(({ behaviours }) =>
      behaviours.filter(({ outOfScope }) => outOfScope !== undefined),
    )
    assert.deepEqual(left, [])
  })

  it('name their schema, so that an editor can complete them', () => {
    for (const [folder, schema] of [
      ['.', 'catalogue.schema.json'],
      ['control-plane', '../catalogue.schema.json'],
    ] as const) {
      for (const file of readdirSync(join(__dirname, folder))) {
        if (!file.endsWith('.yaml')) continue
        const [first] = readFileSync(join(__dirname, folder, file), 'utf8').split('\n', 1)
        assert.equal(first, `# yaml-language-server: $schema=${schema}`, file)
      }
    }
  })
})

describe('what cites the catalogues', () => {
  it('names only behaviours that exist, and proves core ones by scenarios', async (test) => {
    const { coverage, upstream } = await readSources(root)
    for (const catalogue of [coverage.daemonSet, coverage.controlPlane]) {
      const all = behavioursOf(catalogue)
      const [proven, byTest, open] = (['proven', 'byTestOnly', 'unproven'] as const).map(
        (standing) => idsThatAre(standing, all).length,
      )
      test.diagnostic(
        `${catalogue.name}: ${all.length} behaviours, ${proven} by scenario, ${byTest} by test only, ${open} unproven`,
      )
    }
    assert.deepEqual(coverage.mistakes, [])
    assert.deepEqual(upstream.mistakes, [])
  })
})

describe('catalogues that cannot be used', () => {
  const group = (name: string, id: string): string =>
    `group: ${name}\ntitle: T\nbehaviours:\n  ${id}:\n    title: T\n    level: core\n`

  function problemsWith(files: { readonly [file: string]: string }): string {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-catalogue-'))
    const place = join(folder, 'src', 'conformance', 'catalogue')
    try {
      mkdirSync(join(place, 'control-plane'), { recursive: true })
      for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text)
      readCatalogues(folder)
    } catch (error) {
      assert.ok(error instanceof CatalogueError)
      return error.message
    } finally {
      rmSync(folder, { recursive: true })
    }
    return ''
  }

  it('are refused with every problem of every file', () => {
    assert.equal(
      problemsWith({
        'a.yaml': group('A', 'B-01'),
        'control-plane/b.yaml': group('B', 'B-01').replace('core', 'high'),
      }),
      [
        'src/conformance/catalogue/a.yaml:4: wanted an id such as A-01, found B-01',
        'src/conformance/catalogue/control-plane/b.yaml:6: B-01: level: wanted one of core, extended, found high',
      ].join('\n'),
    )
  })

  it('are refused when an id stands in two files', () => {
    assert.equal(
      problemsWith({ 'a.yaml': group('A', 'A-01'), 'control-plane/b.yaml': group('A', 'A-01') }),
      'src/conformance/catalogue/control-plane/b.yaml:4: A-01 is there twice, first in src/conformance/catalogue/a.yaml:4',
    )
  })
})
