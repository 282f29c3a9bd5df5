import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { benchFlags, gatewayFlags, usageExitCode } from './arguments'
import { benchmarks } from './benchmarks'
import { serverIn } from './http-load'

interface Outcome {
  readonly value?: unknown
  readonly code?: number | undefined
  readonly out: string
  readonly err: string
}

function outcomeOf(
  read: typeof benchFlags | typeof gatewayFlags,
  ...args: readonly string[]
): Outcome {
  const written = { out: '', err: '' }
  const output = {
    out: (text: string) => {
      written.out += text
    },
    err: (text: string) => {
      written.err += text
    },
  }
  try {
    return { value: read(args, output), ...written }
  } catch (error) {
    return { code: usageExitCode(error), ...written }
  }
}

describe('the arguments of the benchmarks', () => {
  it('have usage', () => {
    for (const [read, words] of [
      [benchFlags, ['npm run bench --', '--json', '[names...]', 'create-ready-1000']],
      [gatewayFlags, ['npm run bench:gateway --', '--kubeconfig <file>', '--pods', '5000']],
    ] as const) {
      const { code, out, err } = outcomeOf(read, '--help')
      assert.deepEqual([code, err], [0, ''])
      for (const word of words) assert.ok(out.includes(word), `${word} in ${out}`)
    }
  })

  it('have defaults, and are read', () => {
    assert.deepEqual(outcomeOf(benchFlags).value, { json: false, names: [] })
    const [first] = benchmarks
    assert.ok(first)
    assert.deepEqual(outcomeOf(benchFlags, first.name, '--json').value, {
      json: true,
      names: [first.name],
    })
    const usual = { json: false, connections: 32, seconds: 3, watchers: 1_000, writes: 5_000 }
    assert.deepEqual(outcomeOf(gatewayFlags).value, { ...usual, pods: 5_000 })
    assert.deepEqual(outcomeOf(gatewayFlags, '--pods', '7', '--kubeconfig', 'x').value, {
      ...usual,
      pods: 7,
      kubeconfig: 'x',
    })
  })

  it('are refused in words when they make no sense', () => {
    for (const [read, args, words] of [
      [benchFlags, ['nosuch'], /'nosuch' is invalid.*Allowed choices are fresh-cluster, /],
      [benchFlags, ['--fast'], /unknown option '--fast'/],
      [gatewayFlags, ['--pods', 'many'], /'--pods <number>'.*'many'.*from 1 to 100000/],
      [gatewayFlags, ['--writes', '0'], /'--writes <number>'.*'0'.*from 1 to 1000000/],
      [gatewayFlags, ['--watchers', '-1'], /'--watchers <number>'.*'-1'.*from 1 to 10000/],
      [gatewayFlags, ['--seconds', '1.5'], /'--seconds <number>'.*'1.5'.*from 1 to 600/],
      [gatewayFlags, ['--connections', '1e9'], /'--connections <number>'.*from 1 to 1000/],
      [gatewayFlags, ['--kubeconfig'], /'--kubeconfig <file>' argument missing/],
      [gatewayFlags, ['surplus'], /too many arguments/],
    ] as const) {
      const { code, out, err } = outcomeOf(read, ...args)
      assert.deepEqual([code, out], [2, ''], args.join(' '))
      assert.match(err, words)
      assert.match(err, /run with --help/)
    }
    assert.equal(usageExitCode(new Error('other')), undefined)
  })
})

describe('the kubeconfig of a benchmark', () => {
  it('is refused in words when it says not enough', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-bench-'))
    const path = join(folder, 'kubeconfig')
    const refused = (text: string): string => {
      writeFileSync(path, text)
      try {
        serverIn(path)
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      }
      return 'taken'
    }
    const users = 'users: [{user: {token: t}}]'
    const server = 'clusters: [{cluster: {server: "https://127.0.0.1:6443"}}]'
    assert.equal(refused(`${server}\n${users}`), 'taken')
    assert.match(refused('a: ['), /^UsageError: .*kubeconfig: /)
    assert.match(refused(''), /^UsageError: .*kubeconfig: wanted a cluster with a server/)
    assert.match(refused(`clusters: [{cluster: {server: here}}]\n${users}`), /UsageError: .*server/)
    assert.match(refused(server), /^UsageError: .*wanted a user with a token, or with certificate/)
    assert.throws(() => serverIn(join(folder, 'nosuch')), { name: 'UsageError' })
    rmSync(folder, { recursive: true })
  })
})
