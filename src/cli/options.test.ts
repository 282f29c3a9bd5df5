import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UsageError } from '../targets/errors'
import { imageSourcesOf, type SuiteFlags } from './options'

const flags = { preload: [] } as unknown as SuiteFlags
const real = ['in-process', 'k3s?nodes=real:2']

function sourcesOf(
  given: Partial<SuiteFlags>,
  env: Readonly<Record<string, string>> = {},
  targets: readonly string[] = real,
) {
  return imageSourcesOf({ ...flags, ...given }, targets, { cwd: '/work', env })
}

describe('the sources of images for real nodes', () => {
  it('come from the flags, else from the variables', () => {
    assert.deepEqual(sourcesOf({}), { preload: [] })
    assert.deepEqual(sourcesOf({ preload: ['a.tar', '/b.tar'], registry: 'http://r' }), {
      preload: ['/work/a.tar', '/b.tar'],
      registry: 'http://r',
    })
    const env = { DSC_PRELOAD: 'c.tar:/d.tar', DSC_REGISTRIES: 'registries.yaml' }
    assert.deepEqual(sourcesOf({}, env), {
      preload: ['/work/c.tar', '/d.tar'],
      registriesFile: '/work/registries.yaml',
    })
    assert.deepEqual(sourcesOf({ preload: ['a.tar'], registry: 'http://r' }, env), {
      preload: ['/work/a.tar'],
      registry: 'http://r',
    })
  })

  it('are refused where they would have no effect, and where they contradict each other', () => {
    for (const given of [{ preload: ['a.tar'] }, { registry: 'http://r' }, { registries: 'r' }]) {
      assert.throws(
        () => sourcesOf(given, {}, ['in-process', 'k3s', 'k3s?nodes=simulated']),
        (error) => error instanceof UsageError && /none of the targets/.test(error.message),
      )
    }
    assert.throws(() => sourcesOf({ registry: 'http://r', registries: 'r' }), /exclude each other/)
    assert.deepEqual(sourcesOf({}, { DSC_PRELOAD: 'a.tar' }, ['k3s']).preload, ['/work/a.tar'])
  })
})
