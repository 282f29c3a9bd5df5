import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Behaviour, Catalogues } from './behaviour'
import type { Citation } from './citation'
import { behavioursOf, coverageOf, isComplete } from './coverage'

function behaviour(id: string, more: Partial<Behaviour> = {}): Behaviour {
  const group = id.replace(/-\d+$/, '')
  const file = `${group.toLowerCase()}.yaml`
  const base = { level: 'extended', needs: [], proof: 'scenario', line: 4 } as const
  return { ...base, id, group, title: `Title of ${id}`, file, ...more }
}

function catalogues(
  daemonSet: readonly Behaviour[],
  others: readonly Behaviour[] = [],
): Catalogues {
  const of = (name: string, behaviours: readonly Behaviour[]) => ({
    name,
    groups: [{ name: 'PLACE', title: 'Where', behaviours, file: 'place.yaml' }],
  })
  return { daemonSet: of('DaemonSet', daemonSet), controlPlane: of('control plane', others) }
}

const cite = (id: string, line = 3): Citation => ({ id, file: 'a.feature', line, by: 'Runs' })
const scenarios = (...citations: readonly Citation[]) => ({ citations, problems: [] })

describe('coverage', () => {
  it('puts scenarios before tests, and tests before nothing', () => {
    const ids = ['PLACE-01', 'PLACE-02', 'PLACE-03']
    const coverage = coverageOf(
      catalogues([
        ...ids.map((id) =>
          behaviour(id, id === 'PLACE-02' ? { proof: 'test', because: 'so' } : {}),
        ),
        behaviour('PLACE-04', { outOfScope: 'not ours' }),
        behaviour('PLACE-05', { outOfScope: 'not ours', proof: 'test', because: 'so' }),
      ]),
      {
        scenarios: scenarios(cite('PLACE-01'), cite('PLACE-01', 9)),
        tests: ['PLACE-01', 'PLACE-02', 'PLACE-05'].map((id) => cite(id)),
      },
    )
    assert.deepEqual(
      behavioursOf(coverage.daemonSet).map((each) => [
        each.standing,
        each.scenarios.length,
        each.tests.length,
      ]),
      [
        ['proven', 2, 1],
        ['byTestOnly', 0, 1],
        ['unproven', 0, 0],
        ['outOfScope', 0, 0],
        ['byTestOnly', 0, 1],
      ],
    )
    assert.deepEqual(coverage.mistakes, [])
    assert.ok(!isComplete(coverage))
  })

  it('lets a test that needs something prove only what needs just that', () => {
    const { daemonSet, mistakes } = coverageOf(
      catalogues([
        behaviour('PLACE-01', { needs: ['kubectl'], proof: 'test', because: 'so' }),
        behaviour('PLACE-02'),
      ]),
      {
        scenarios: scenarios(),
        tests: ['PLACE-01', 'PLACE-02'].map((id) => ({ ...cite(id), needs: 'kubectl' as const })),
      },
    )
    assert.deepEqual(
      behavioursOf(daemonSet).map(({ standing }) => standing),
      ['byTestOnly', 'unproven'],
    )
    assert.deepEqual(mistakes, [])
  })

  it('is complete when nothing that is promised lacks a proof', () => {
    const coverage = coverageOf(
      catalogues(
        [behaviour('PLACE-01')],
        [behaviour('GC-01'), behaviour('GC-02', { outOfScope: 'not ours' })],
      ),
      { scenarios: scenarios(cite('PLACE-01')), tests: [cite('GC-01')] },
    )
    assert.ok(isComplete(coverage))
  })

  it('names the place of an id that does not exist', () => {
    const { mistakes } = coverageOf(catalogues([behaviour('PLACE-01')]), {
      scenarios: scenarios(cite('PLACE-01'), cite('PLACE-46', 7)),
      tests: [{ id: 'PLCAE-01', file: 'a.test.ts', line: 5, by: 'PLCAE-01: runs' }],
    })
    assert.deepEqual(mistakes, [
      'a.feature:7: there is no behaviour PLACE-46 ("Runs")',
      'a.test.ts:5: there is no behaviour PLCAE-01 ("PLCAE-01: runs")',
    ])
  })

  it('names a core behaviour that only a test proves', () => {
    const { mistakes } = coverageOf(catalogues([behaviour('PLACE-01', { level: 'core' })]), {
      scenarios: scenarios(),
      tests: [cite('PLACE-01')],
    })
    assert.deepEqual(mistakes, [
      'place.yaml:4: PLACE-01 is core and proven by a test only ("Title of PLACE-01")',
    ])
  })

  it('names a behaviour that only a test proves, where no reason is given for that', () => {
    const { mistakes } = coverageOf(catalogues([behaviour('PLACE-01')], [behaviour('GC-01')]), {
      scenarios: scenarios(),
      tests: [cite('PLACE-01'), cite('GC-01')],
    })
    assert.deepEqual(mistakes, [
      'place.yaml:4: PLACE-01 is proven by a test only; wanted a scenario, or "proof: test" and "because"',
    ])
  })

  it('names a behaviour that no scenario is said to show, and one does', () => {
    const { mistakes } = coverageOf(
      catalogues([behaviour('PLACE-01', { proof: 'test', because: 'nobody sees it' })]),
      { scenarios: scenarios(cite('PLACE-01')), tests: [cite('PLACE-01')] },
    )
    assert.deepEqual(mistakes, [
      'place.yaml:4: PLACE-01 says that only a test can prove it, and a scenario cites it',
    ])
  })

  it('keeps what the look through the features found', () => {
    const { mistakes } = coverageOf(catalogues([]), {
      scenarios: { citations: [], problems: ['a.feature:1: unknown tag @slwo'] },
      tests: [],
    })
    assert.deepEqual(mistakes, ['a.feature:1: unknown tag @slwo'])
  })
})
