import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { manifestPath } from './manifest-path'

describe('the path of a manifest that a feature names', () => {
  const here = process.cwd()
  let folder = ''
  let uri = ''

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'dsc-manifest-')))
    for (const name of ['features', 'elsewhere/manifests'])
      mkdirSync(join(folder, name), { recursive: true })
    uri = join(folder, 'features', 'agent.feature')
    for (const path of [
      'features/agent.feature',
      'features/agent.yaml',
      'features/both.yml',
      'elsewhere/both.yml',
      'elsewhere/mine.yml',
      'elsewhere/manifests/basic-daemonset.yaml',
    ]) {
      writeFileSync(join(folder, path), '')
    }
    process.chdir(join(folder, 'elsewhere'))
  })
  after(() => {
    process.chdir(here)
    rmSync(folder, { recursive: true })
  })

  it('is taken as it is with .yaml or .yml, from the folder of the feature or else from the working directory', () => {
    assert.equal(manifestPath('agent.yaml', uri), join(folder, 'features/agent.yaml'))
    assert.equal(manifestPath('both.yml', uri), join(folder, 'features/both.yml'))
    assert.equal(manifestPath('mine.yml', uri), join(folder, 'elsewhere/mine.yml'))
    assert.equal(manifestPath('/abs/x.yaml', uri), '/abs/x.yaml')
    assert.equal(manifestPath('none.yaml', uri), join(folder, 'features/none.yaml'))
  })

  it('is found where cucumber tells the path of the feature from the package', () => {
    const fromPackage = relative(join(__dirname, '..', '..'), uri)
    assert.equal(manifestPath('agent.yaml', fromPackage), join(folder, 'features/agent.yaml'))
  })

  it('is in manifests/ of the working directory or of the package without a suffix', () => {
    assert.equal(manifestPath('basic-daemonset', uri), join('manifests', 'basic-daemonset.yaml'))
    assert.match(
      manifestPath('use-cases/log-collection-fluentd', uri),
      /\/manifests\/use-cases\/log-collection-fluentd\.yaml$/,
    )
  })
})
