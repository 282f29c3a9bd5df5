import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { packageRoot } from './package'
import { dsc } from './testing/dsc'

describe('Ctrl-C', () => {
  it('ends a run with exit code 130, and what it leaves says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-interrupt-'))
    const output = join(folder, 'latest')
    try {
      const words = [
        'run',
        '--reference',
        'in-process',
        '--output',
        output,
        '--repeat',
        '50',
        'features/placement',
      ]
      const main = join('src', 'cli', 'main.ts')
      const child = spawn(process.execPath, ['--require', 'ts-node/register', main, ...words], {
        cwd: packageRoot,
      })
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk
        // The first feature has ended once, so the run is in the midst of its work.
        if (/^\[\d+\//m.test(said) && !child.killed) child.kill('SIGINT')
      })
      const [code] = (await once(child, 'exit')) as [number]
      assert.equal(code, 130, said)
      assert.match(said, /interrupted: exit code 130/)
      assert.deepEqual(readdirSync(folder), ['latest'], 'no half report is left beside it')
      const file = join(output, 'conformance.json')
      const report = JSON.parse(readFileSync(file, 'utf8'))
      assert.equal(report.answer, 'interrupted')
      assert.equal((await dsc(['verify', file])).code, 0)
      assert.equal(
        (
          await dsc([
            'expect',
            '--report',
            file,
            '--reason',
            'r',
            '--owner',
            'o',
            '--expires',
            '2030-01-01',
          ])
        ).code,
        2,
      )
      assert.ok(existsSync(join(output, 'conformance.html')))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
