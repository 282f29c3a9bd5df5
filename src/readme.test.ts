import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import { programOf } from './cli/program'

const root = join(__dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('the README', () => {
  it('has an example that runs and prints what it says', () => {
    const [, code = '', printed = ''] =
      /```ts\n([\s\S]*?)```\s+It prints:\s+```\n([\s\S]*?)```/.exec(readme) ?? []
    assert.notEqual(code, '')
    const folder = mkdtempSync(join(root, 'reports', '.readme-'))
    try {
      const file = join(folder, 'example.ts')
      writeFileSync(file, code.replace("'daemonset-conformance'", "'../../src'"))
      const output = execFileSync(process.execPath, ['--require', 'ts-node/register', file], {
        cwd: root,
        encoding: 'utf8',
      })
      assert.equal(output, printed)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = [...readme.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name)
    assert.ok(named.length > 0)
    assert.deepEqual(
      named.filter((name) => !((name as string) in scripts)),
      [],
    )
  })

  it('links only to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path ?? '')
    assert.deepEqual(
      links.filter((path) => !existsSync(join(root, path))),
      [],
    )
  })

  it('names only flags that the command line has', () => {
    const flags = new Set([...readme.matchAll(/(?<![\w-])--([a-z][\w-]+)/g)].map(([flag]) => flag))
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
    const program = programOf({ stdout: sink, stderr: sink, env: {}, cwd: root, exit: () => {} })
    const help = [program, ...program.commands].map((each) => each.helpInformation()).join('\n')
    assert.deepEqual(
      [...flags].filter((flag) => !help.includes(flag)),
      [],
    )
  })
})
