import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { ReportFolder, ReportFolderError } from './report-files'
import { agreeing, reportWith, runOf, scenarioNamed } from './testing/evidence'
import { injectionVectors } from './testing/injection-vectors'

const names = [
  'badge.json',
  'badge.svg',
  'conformance.html',
  'conformance.json',
  'junit.xml',
  'summary.md',
]

describe('a report folder', () => {
  let parent = ''
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'dsc-folder-'))
  })
  afterEach(() => rmSync(parent, { recursive: true }))

  it('holds files of fixed names only, whatever scenarios, files and clusters are called', () => {
    const evidence = injectionVectors.map((text, index) => {
      const scenario = { ...scenarioNamed(text), id: `${index} ${text}`, uri: text, feature: text }
      return { scenario, target: runOf(scenario, 'failed'), reference: runOf(scenario) }
    })
    const report = reportWith(evidence)
    const target = { ...report.target, name: '../../outside', version: '/etc/passwd' }
    new ReportFolder(join(parent, 'latest')).publish({ ...report, target })
    assert.deepEqual(readdirSync(parent), ['latest'])
    assert.deepEqual(readdirSync(join(parent, 'latest')).sort(), names)
  })

  it('replaces an earlier report, and nothing else', () => {
    const place = join(parent, 'latest')
    new ReportFolder(place).publish(reportWith(agreeing('one')))
    writeFileSync(join(place, 'cucumber-target.html'), '')
    writeFileSync(join(place, 'k3s-ab12.log'), '')
    new ReportFolder(place).publish(reportWith(agreeing('two')))
    assert.deepEqual(readdirSync(place).sort(), names)
    assert.match(readFileSync(join(place, 'conformance.json'), 'utf8'), /> two"/)
  })

  it('passes on logs and cucumber’s pages without credentials, and no page that was cut off', () => {
    const place = join(parent, 'latest')
    const folder = new ReportFolder(place)
    const put = (name: string, text: string) => writeFileSync(join(folder.staging, name), text)
    const begun = '<script>window.CUCUMBER_MESSAGES = ["token: s3cr3t-s3cr3t"'
    put('cucumber-target.html', `${begun}];</script>`)
    put('cucumber-reference.html', begun)
    put('k3s-ab12.log', 'level=info\nAuthorization: Bearer s3cr3t-s3cr3t\n')
    folder.publish(reportWith(agreeing('one')))
    const read = (name: string): string => readFileSync(join(place, name), 'utf8')
    assert.equal(
      read('cucumber-target.html'),
      '<script>window.CUCUMBER_MESSAGES = ["token: \\x3Credacted>"];</script>',
    )
    assert.equal(read('k3s-ab12.log'), 'level=info\nAuthorization: Bearer <redacted>\n')
    assert.ok(!existsSync(join(place, 'cucumber-reference.html')))
  })

  it('keeps logs of a run that broke without credentials', () => {
    const folder = new ReportFolder(join(parent, 'latest'))
    writeFileSync(join(folder.staging, 'k3s-ab12.log'), 'token: s3cr3t-s3cr3t\n')
    const logs = folder.keepLogs() ?? ''
    assert.equal(readFileSync(join(logs, 'k3s-ab12.log'), 'utf8'), 'token: <redacted>\n')
  })

  it('is refused where something else would be lost, such as a project by --output .', () => {
    writeFileSync(join(parent, 'package.json'), '{}')
    mkdirSync(join(parent, '.git'))
    for (const place of [parent, join(parent, 'x', '..'), `${parent}/`]) {
      assert.throws(
        () => new ReportFolder(place),
        (error) => {
          assert.ok(error instanceof ReportFolderError)
          assert.match(error.message, /holds "(\.git|package\.json)", which is no part of a report/)
          return true
        },
      )
    }
    assert.deepEqual(readdirSync(parent).sort(), ['.git', 'package.json'])
  })

  it('takes the place of a link and leaves alone what the link leads to', () => {
    const outside = join(parent, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'conformance.html'), 'precious')
    symlinkSync(outside, join(parent, 'latest'))
    new ReportFolder(join(parent, 'latest')).publish(reportWith(agreeing('one')))
    assert.deepEqual(readdirSync(outside), ['conformance.html'])
    assert.equal(readFileSync(join(outside, 'conformance.html'), 'utf8'), 'precious')
    assert.deepEqual(readdirSync(join(parent, 'latest')).sort(), names)
  })

  it('is refused under a name that no file system takes, and leaves nothing', () => {
    for (const name of ['a'.repeat(300), 'ä'.repeat(150), 'x\u0000y']) {
      assert.throws(() => new ReportFolder(join(parent, name)), ReportFolderError)
    }
    assert.deepEqual(readdirSync(parent), [])
    assert.ok(!existsSync(join(parent, 'a'.repeat(300))))
  })

  it('may have a name that is reserved elsewhere: it stays a folder of that name', () => {
    for (const name of ['CON', 'NUL', '-rf', '$(touch x)', '..x']) {
      new ReportFolder(join(parent, name)).publish(reportWith(agreeing('one')))
      assert.deepEqual(readdirSync(join(parent, name)).sort(), names)
    }
    assert.deepEqual(readdirSync(parent).sort(), ['$(touch x)', '-rf', '..x', 'CON', 'NUL'])
  })
})
