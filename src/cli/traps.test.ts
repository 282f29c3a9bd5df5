import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Command } from 'commander'
import type { ContainerRuntimeClient } from 'testcontainers'
import { ensureImage } from '../targets/container-engine'
import { packageRoot } from './package'
import { exitCodeOf, programOf } from './program'
import { dsc } from './testing/dsc'

const feature = join('features', 'placement', 'one-pod-per-node.feature')
let folder = ''

/** Commands that answer at once, so that every way to end badly can be tried. */
describe('the command line ends red for', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'dsc-traps-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('trap 1: nothing around it swallows the exit code', () => {
    const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
    const recipes = ['action.yml', '.gitlab-ci.yml'].filter((name) =>
      existsSync(join(packageRoot, name)),
    )
    const texts = recipes.map((name) => readFileSync(join(packageRoot, name), 'utf8'))
    for (const text of [...Object.values(scripts as Record<string, string>), ...texts]) {
      assert.doesNotMatch(
        text,
        /\|\|\s*(true|:|exit 0)|;\s*(true|exit 0)|continue-on-error:\s*true|allow_failure:\s*true|\|\s*tee\b/,
      )
    }
    const main = join('src', 'cli', 'main.ts')
    const child = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" --require ts-node/register ${main} run no/such.feature`],
      { cwd: packageRoot },
    )
    assert.equal(child.status, 2, child.stderr.toString())
  })

  it('trap 2: an error in configuration, set-up or report writing', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const cases: readonly (readonly [number, readonly string[]])[] = [
      [2, ['run', '--no-such-flag']],
      [2, ['run', 'no/such.feature']],
      [2, ['run', '--tags', '@a and', feature]],
      [2, ['run', '--target', 'nowhere', feature]],
      [2, ['run', '--reference', `recording:${file}`, feature]],
      [2, ['run', '--shard', '3/2', feature]],
      [2, ['run', '--repeat', '0', feature]],
      [2, ['run', '--rerun-failed', '--output', join(folder, 'none'), feature]],
      [3, ['run', '--reference', 'in-process', '--output', join(file, 'latest'), feature]],
      [
        3,
        [
          'run',
          '--reference',
          `kubeconfig:${join(folder, 'none')}`,
          '--output',
          join(folder, 'k'),
          feature,
        ],
      ],
    ]
    for (const [code, words] of cases) {
      const ended = await dsc(words)
      assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stderr}`)
      assert.notEqual(ended.stderr, '')
    }
    assert.deepEqual(readdirSync(folder), ['file'], 'and nothing looks like a report')
  })

  it('trap 3: a reader of results that finds none', async () => {
    const none = join(folder, 'none.json')
    for (const words of [
      ['verify', none],
      ['verify', 'package.json'],
      ['diff', none, none],
      ['merge', none, '--output', join(folder, 'merged')],
      ['coverage', '--report', none],
      ['expect', '--report', none, '--reason', 'r', '--owner', 'o', '--expires', '2030-01-01'],
    ]) {
      assert.equal((await dsc(words)).code, 2, words.join(' '))
    }
  })

  it('trap 9: an option without effect', () => {
    const sources = readdirSync(__dirname)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(__dirname, name), 'utf8'))
      .join('\n')
    for (const [command, option] of everyOption()) {
      const name = option.attributeName()
      // Once as part of the flags' type, and at least once where something depends on it.
      const uses = sources.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []
      assert.ok(uses.length >= 2, `dsc ${command} ${option.long}: nothing reads ${name}`)
    }
  })

  it('trap 12: a README or help that names a command, flag or file that does not exist', () => {
    const program = everyCommand()
    const flags = new Set(everyOption().map(([, { long }]) => long))
    const help = program.map((command) => command.helpInformation()).join('\n')
    const readme = ['README.md', 'CONTRIBUTING.md', 'action.yml', '.gitlab-ci.yml']
      .map((name) => readFileSync(join(packageRoot, name), 'utf8'))
      .join('\n')
    const names = new Set(program.map((command) => command.name()))
    for (const [, name] of readme.matchAll(/\bdsc ([a-z]+)\b/g)) {
      assert.ok(names.has(name ?? ''), `README.md: there is no command dsc ${name}`)
    }
    for (const line of `${readme}\n${help}`
      .split('\n')
      .filter((each) => /\bdsc\b|npm run conformance|words/.test(each))) {
      for (const [flag] of line
        .replace(/npm (?:ci|run)(?: --\S+)*/g, '')
        .matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) {
        assert.ok(
          flags.has(flag) || ['--help', '--version'].includes(flag),
          `${flag} does not exist: ${line}`,
        )
      }
    }
    for (const [, path = ''] of readme.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(packageRoot, path)), `README.md: there is no ${path}`)
    }
  })

  it('trap 14: an image that is not there or cannot be brought in', async () => {
    const env = { DOCKER_HOST: `unix://${join(folder, 'no.sock')}` }
    const before = process.env['DOCKER_HOST']
    process.env['DOCKER_HOST'] = env.DOCKER_HOST
    try {
      const words = [
        'run',
        '--reference',
        'k3s:no-such-tag',
        '--output',
        join(folder, 'image'),
        feature,
      ]
      const { code, stderr } = await dsc(words, env)
      assert.equal(code, 3, stderr)
      assert.ok(!existsSync(join(folder, 'image')))
      const broken = join(folder, 'broken.tar')
      writeFileSync(broken, 'no archive')
      for (const archive of [broken, join(folder, 'none.tar')]) {
        const real = ['run', '--target', 'k3s?nodes=real:1', '--preload', archive]
        const answer = await dsc([...real, '--output', join(folder, 'image'), feature], env)
        assert.equal(answer.code, 2, answer.stderr)
        assert.ok(answer.stderr.includes(archive))
      }
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST']
      else process.env['DOCKER_HOST'] = before
    }
  })
})

describe('an image that a registry was said to have sent', () => {
  it('trap 14: ends the run with exit code 3 when it is not there after all', async () => {
    const missing = Object.assign(new Error('no such image'), { statusCode: 404 })
    const engine = {
      container: {
        dockerode: {
          getImage: () => ({ inspect: () => Promise.reject(missing) }),
          listImages: () => Promise.resolve([]),
        },
      },
      // As a stream that ends in the midst does: without an error.
      image: { pull: () => Promise.resolve() },
    }
    const brought = ensureImage(engine as unknown as ContainerRuntimeClient, 'rancher/k3s:v0')
    await assert.rejects(brought, (error) => {
      assert.match(String(error), /rancher\/k3s:v0 .*the registry did not send it/)
      assert.equal(
        exitCodeOf(error, 2, () => {}),
        3,
      )
      return true
    })
  })
})

/** All commands with the program itself. */
function everyCommand(): readonly Command[] {
  const { stdout, stderr } = process
  const program = programOf({ stdout, stderr, env: {}, cwd: packageRoot, exit: () => {} })
  return [program, ...program.commands]
}

function everyOption(): readonly (readonly [string, Command['options'][number]])[] {
  return everyCommand()
    .flatMap((command) => command.options.map((option) => [command.name(), option] as const))
    .filter(([, { long }]) => long !== '--version')
}
