import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { dsc } from './testing/dsc'

const feature = `@core
Feature: An agent
  Rule: Every node MUST run one daemon pod
    @PLACE-01
    Scenario: It fails
      Given a cluster with 2 nodes
      Then "node-1" carries the taint "a=b:NoSchedule"
`
/** What a credential looks like wherever it would turn up. */
const credential =
  /-----BEGIN|Bearer [\w.-]{8,}|eyJ[\w-]{20,}\.|(?:client-key|certificate-authority)-data/

describe('credentials', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-secrets-'))
    writeFileSync(join(folder, 'agent.feature'), feature)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('of a cluster behind HTTPS are in no file of the report, and not in what is printed', async () => {
    const output = join(folder, 'latest')
    const { code, stdout, stderr } = await dsc([
      'run',
      '--target',
      'in-process?gateway',
      '--reference',
      'in-process',
      '--output',
      output,
      join(folder, 'agent.feature'),
    ])
    assert.equal(code, 1, stdout + stderr)
    assert.doesNotMatch(stdout + stderr, credential)
    const files = readdirSync(output)
    assert.ok(files.includes('conformance.json') && files.includes('cucumber-target.html'))
    for (const file of files)
      assert.doesNotMatch(readFileSync(join(output, file), 'utf8'), credential, file)
  })

  it('that a step shows are in no file of the report, not in cucumber’s own page either', async () => {
    const planted = feature.replace('"a=b:NoSchedule"', '"token=s3cr3t-s3cr3t:NoSchedule"')
    const file = join(folder, 'planted.feature')
    writeFileSync(file, planted)
    const output = join(folder, 'planted')
    const words = ['run', '--reference', 'in-process', '--output', output, file]
    const { code, stdout, stderr } = await dsc(words)
    assert.equal(code, 1, stdout + stderr)
    assert.doesNotMatch(stdout + stderr, /s3cr3t/)
    for (const name of readdirSync(output)) {
      assert.doesNotMatch(readFileSync(join(output, name), 'utf8'), /s3cr3t/, name)
    }
    const page = readFileSync(join(output, 'cucumber-target.html'), 'utf8')
    assert.match(page, /token=\\x3Credacted>/)
  })

  it('of a kubeconfig whose cluster cannot be reached are not printed, nor where the file lies', async () => {
    const file = join(folder, 'precious-kubeconfig')
    writeFileSync(file, kubeconfig('https://127.0.0.1:1'))
    const output = join(folder, 'dead')
    const target = ['--target', `kubeconfig:${file}`, '--reference', 'in-process']
    const { code, stdout, stderr } = await dsc([
      'run',
      ...target,
      '--output',
      output,
      join(folder, 'agent.feature'),
    ])
    assert.equal(code, 3)
    assert.doesNotMatch(stdout + stderr, /s3cr3t/)
  })
})

function kubeconfig(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: c
clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: s3cr3t-s3cr3t, password: s3cr3t, username: u}}]
`
}
