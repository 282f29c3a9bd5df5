import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { validateAction, validateWorkflow } from '@action-validator/core'
import { parse } from 'yaml'
import { packageRoot } from './package'

const goodFeature = join('features', 'placement', 'one-pod-per-node.feature')

const badFeature = `Feature: Ours
  Scenario: A node that carries a taint, which it does not
    Given a cluster with 2 nodes
    Then "node-1" carries the taint "a=b:NoSchedule"
`

interface Ended {
  readonly code: number | null
  readonly output: string
}

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: { readonly [name: string]: string }
  readonly 'working-directory'?: string
}

let folder = ''
/** A checkout of this repository, as CI systems make one. */
let checkout = ''
/** The checkout of somebody who uses it. */
let workspace = ''

/**
 * Runs a script in bash as a runner does. Only `npm ci` is stood in for: it links the modules that are installed
 * here, which takes no network and no minutes; all other words of npm reach npm itself.
 */
function bash(script: string, cwd: string, env: { readonly [name: string]: string }): Ended {
  const { PATH = '', HOME = '' } = process.env
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
    {
      cwd,
      env: { PATH: `${join(folder, 'bin')}:${PATH}`, HOME, CI: 'true', ...env },
      encoding: 'utf8',
    },
  )
  return { code: status, output: stdout + stderr }
}

/** Runs the steps of the composite action one after the other until one fails, with what GitHub gives to each. */
function action(inputs: { readonly [name: string]: string }): Ended & {
  readonly summary: string
  readonly outputs: string
} {
  const { inputs: declared, runs } = parse(readFileSync(join(checkout, 'action.yml'), 'utf8'))
  const github: { readonly [name: string]: string } = { action_path: checkout, workspace }
  const expression = (text: string): string =>
    text.replace(/\$\{\{\s*(inputs|github)\.([\w-]+)\s*\}\}/g, (_, context, name) => {
      const value = context === 'github' ? github[name] : (inputs[name] ?? declared[name]?.default)
      assert.ok(value !== undefined, `action.yml: ${context}.${name} does not exist`)
      return value
    })
  const [summary, outputs] = ['summary', 'outputs'].map((name) => join(folder, name)) as [
    string,
    string,
  ]
  for (const file of [summary, outputs]) writeFileSync(file, '')
  let ended: Ended = { code: 0, output: '' }
  for (const { run, env = {}, 'working-directory': place = '.', uses } of runs.steps as Step[]) {
    assert.ok((run === undefined) !== (uses === undefined))
    if (run === undefined) continue
    assert.doesNotMatch(run, /\$\{\{/, 'an expression in a script could become a command')
    const values = Object.entries(env).map(([name, text]) => [name, expression(text)])
    const { code, output } = bash(run, expression(place), {
      ...Object.fromEntries(values),
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: workspace,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: outputs,
    })
    ended = { code, output: ended.output + output }
    if (code !== 0) break
  }
  return {
    ...ended,
    summary: readFileSync(summary, 'utf8'),
    outputs: readFileSync(outputs, 'utf8'),
  }
}

/** Runs the script of the GitLab job, line by line in one shell as a runner does. */
function job(project: string, variables: { readonly [name: string]: string }): Ended {
  const { 'daemonset-conformance': found } = parse(
    readFileSync(join(checkout, '.gitlab-ci.yml'), 'utf8'),
  )
  return bash(found.script.join('\n'), project, {
    ...found.variables,
    GITLAB_CI: 'true',
    CI_PROJECT_DIR: project,
    ...variables,
  })
}

function git(...words: readonly string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  execFileSync('git', [...identity, ...words], { cwd: checkout, stdio: 'ignore' })
}

describe('the CI recipes, run as CI systems run them,', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-ci-'))
    checkout = join(folder, 'checkout')
    workspace = join(folder, 'workspace')
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const files = execFileSync('git', listed, { cwd: packageRoot, encoding: 'utf8' }).split('\0')
    for (const file of files.filter((name) => name !== '' && existsSync(join(packageRoot, name)))) {
      cpSync(join(packageRoot, file), join(checkout, file))
    }
    git('init', '--quiet', '--initial-branch', 'main')
    git('add', '--all')
    git('commit', '--quiet', '--message', 'Checkout')
    for (const [path, text] of [
      [join(workspace, 'features', 'ours.feature'), badFeature],
      [
        join(workspace, 'features', 'good.feature'),
        readFileSync(join(checkout, goodFeature), 'utf8'),
      ],
    ] as const) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    mkdirSync(join(folder, 'bin'))
    const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim()
    const modules = join(packageRoot, 'node_modules')
    writeFileSync(
      join(folder, 'bin', 'npm'),
      `#!/bin/sh\nif [ "$1" = ci ]; then ln -sfn '${modules}' node_modules; else exec '${npm}' "$@"; fi\n`,
      { mode: 0o755 },
    )
    symlinkSync(process.execPath, join(folder, 'bin', 'node'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('GitHub: green with summary, outputs and a report to upload', () => {
    const { code, output, summary, outputs } = action({ tags: '@core', output: 'report' })
    assert.equal(code, 0, output)
    assert.match(summary, /^# DaemonSet conformance: conformant \(filtered run\)$/m)
    assert.match(outputs, /^answer=conformant$/m)
    assert.match(outputs, /^exit-code=0$/m)
    assert.match(outputs, new RegExp(`^report=${join(workspace, 'report')}$`, 'm'))
    assert.doesNotMatch(output, /^::error/m)
    assert.ok(existsSync(join(workspace, 'report', 'conformance.html')))
  })

  it('GitHub: red with a mark in the file of the workspace, and still with a report', () => {
    const { code, output, summary, outputs } = action({
      features: 'features/ours.feature',
      output: 'red',
    })
    assert.equal(code, 1, output)
    assert.match(output, /^::error file=features\/ours\.feature,line=2,title=/m)
    assert.match(summary, /^# DaemonSet conformance: not conformant/m)
    assert.match(outputs, /^exit-code=1$/m)
    assert.ok(existsSync(join(workspace, 'red', 'junit.xml')))
  })

  it('GitHub: red for an input that is wrong, which never becomes a command', () => {
    const { code, output } = action({ tags: `"; touch ${join(folder, 'planted')} #` })
    assert.equal(code, 2, output)
    assert.match(output, /--tags: Tag expression/)
    assert.ok(!existsSync(join(folder, 'planted')))
  })

  it('GitLab: green in this repository, with what the job keeps', () => {
    const { code, output } = job(checkout, { DSC_FLAGS: '--tags @core' })
    assert.equal(code, 0, output)
    for (const name of ['junit.xml', 'conformance.html']) {
      assert.ok(existsSync(join(checkout, 'reports', 'latest', name)), name)
    }
  })

  it('GitLab: in a project that includes it, and red where something fails', () => {
    const variables = { DSC_REPOSITORY: `file://${checkout}` }
    const feature = join(workspace, 'features', 'ours.feature')
    const { code, output } = job(workspace, { ...variables, DSC_FLAGS: feature })
    assert.equal(code, 1, output)
    assert.ok(existsSync(join(workspace, 'reports', 'latest', 'junit.xml')))
    rmSync(join(workspace, 'suite'), { recursive: true })
    const none = job(workspace, { DSC_REPOSITORY: `file://${checkout}-none` })
    assert.notEqual(none.code, 0)
  })
})

/** The first example of a language in the README that holds these words. */
function exampleWith(words: string): string {
  const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
  for (const [, text = ''] of readme.matchAll(/```yaml\n(.*?)```/gs)) {
    if (text.includes(words)) return text
  }
  throw new Error(`README.md: no example with ${words}`)
}

describe('the CI recipes, held against what GitHub and GitLab accept,', () => {
  it('GitHub: the action breaks no rule of its schema', () => {
    const text = readFileSync(join(packageRoot, 'action.yml'), 'utf8')
    assert.deepEqual(validateAction(text).errors, [])
    for (const [good, bad] of [
      ['using: composite', 'using: composed'],
      ['shell: bash', 'shel: bash'],
      ['description:', 'descripton:'],
    ] as const) {
      assert.notDeepEqual(validateAction(text.replaceAll(good, bad)).errors, [], bad)
    }
  })

  it('GitHub: the README’s steps are steps, and give the action only inputs that it has', () => {
    const example = exampleWith('uses: actions/checkout').replaceAll('<owner>', 'owner')
    const steps = example.replace(/^/gm, '      ')
    const workflow = `on: push\njobs:\n  conformance:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`
    assert.deepEqual(validateWorkflow(workflow).errors, [])
    assert.notDeepEqual(validateWorkflow(workflow.replace('uses:', 'use:')).errors, [])
    const { inputs } = parse(readFileSync(join(packageRoot, 'action.yml'), 'utf8'))
    for (const { uses, with: given = {} } of parse(example)) {
      if (!String(uses).startsWith('owner/')) continue
      for (const name of Object.keys(given)) assert.ok(name in inputs, name)
    }
  })

  it('GitLab: the job, and the README’s change of it, break no rule of the schema', () => {
    const job = readFileSync(join(packageRoot, '.gitlab-ci.yml'), 'utf8')
    const included = exampleWith('include:').replace(/^include:\n(?: .*\n)+/, '')
    assert.match(included, /^daemonset-conformance:/)
    const merged = `include: included.yml\n${included}`
    for (const [code, text] of [
      [0, job],
      [0, merged],
      [1, job.replace('when: always', 'when: allways')],
      [1, merged.replace('variables:', 'variable:')],
    ] as const) {
      const ended = gitlabLint({ '.gitlab-ci.yml': text, 'included.yml': job })
      assert.equal(ended.code, code, ended.output)
      if (code === 0) assert.match(ended.output, /^daemonset-conformance\b/m)
    }
  })
})

/** What a maintained re-implementation of GitLab's runner says of a pipeline; it has GitLab's own schema. */
function gitlabLint(files: { readonly [name: string]: string }): Ended {
  const place = mkdtempSync(join(tmpdir(), 'dsc-gitlab-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
    const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: place })
    git('init', '--quiet', '--initial-branch', 'main')
    git('remote', 'add', 'origin', 'git@gitlab.example:group/project.git')
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
    git('add', '--all')
    git(...identity, 'commit', '--quiet', '--message', 'Pipeline')
    const words = [require.resolve('gitlab-ci-local'), '--list']
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: place,
      env: { PATH: process.env['PATH'], HOME: place },
      encoding: 'utf8',
    })
    return { code: status, output: stdout + stderr }
  } finally {
    rmSync(place, { recursive: true })
  }
}
