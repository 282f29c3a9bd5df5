import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engineFactFindings, findingsOfProbe, imageSourceFindings } from './doctor-real-nodes'
import { missingNeedsIn, nodeNeeds } from './real-nodes/node-probe'

const good = { MemTotal: 8 * 1024 ** 3, CgroupVersion: '2', SecurityOptions: ['name=seccomp'] }

describe('the doctor, for real nodes', () => {
  it('is content with an engine that runs as root and has memory', () => {
    assert.deepEqual(
      engineFactFindings(good).map(({ state }) => state),
      ['ok', 'ok', 'ok'],
    )
  })

  it('tells what speaks against them, each with its fix', () => {
    for (const [facts, name] of [
      [{ ...good, CgroupVersion: '1' }, 'cgroups'],
      [{ ...good, SecurityOptions: ['name=rootless'] }, 'privileges'],
      [{ ...good, SecurityOptions: ['name=userns'] }, 'privileges'],
      [{ ...good, MemTotal: 1024 ** 3 }, 'memory'],
    ] as const) {
      const wrong = engineFactFindings(facts).filter(({ state }) => state !== 'ok')
      assert.deepEqual(
        wrong.map((each) => [each.name, each.state]),
        [[name, 'warning']],
      )
      assert.ok(wrong[0]?.fix)
    }
  })

  it('reads what a probe has printed, and takes silence for a lack', () => {
    const all = Object.keys(nodeNeeds)
    assert.deepEqual(missingNeedsIn(all.map((need) => `${need} yes`).join('\n')), [])
    assert.deepEqual(missingNeedsIn(''), all)
    assert.deepEqual(
      missingNeedsIn(all.map((need) => `${need} ${need === 'overlay' ? 'no' : 'yes'}`).join('\n')),
      ['overlay'],
    )
    assert.deepEqual(
      findingsOfProbe(['overlay', 'kmsg']).map(({ state }) => state),
      ['warning', 'warning'],
    )
    assert.deepEqual(
      findingsOfProbe([]).map(({ state }) => state),
      ['ok'],
    )
  })

  it('looks at the sources of images that variables name', async () => {
    assert.deepEqual(await imageSourceFindings({}), [])
    const findings = await imageSourceFindings({
      DSC_PRELOAD: '/nowhere/a.tar',
      DSC_REGISTRY: 'registry.example',
      DSC_REGISTRIES: '/nowhere/registries.yaml',
    })
    assert.deepEqual(
      findings.map(({ name, state }) => [name, state]),
      [
        ['DSC_PRELOAD', 'warning'],
        ['DSC_REGISTRIES', 'warning'],
        ['DSC_REGISTRY', 'warning'],
      ],
    )
  })
})
