import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

/** The layers in which time, chance and scheduling must come from outside. */
const core = ['kubernetes', 'reconciler', 'controlplane']

/** What would make two runs with one seed differ, or tie the core to the wall clock. */
const forbidden =
  /\b(Date\.now|Math\.random|setTimeout|setInterval|randomUUID|new Date\(\)|performance\.now|process\.hrtime)\b/

describe('the core', () => {
  for (const layer of core) {
    const root = join(__dirname, layer)
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|(^|\/)testing\/|(^|\/)gateway\//.test(path),
    )

    it(`has files in ${layer} to look at`, () => assert.ok(files.length > 0))

    for (const path of files) {
      it(`takes no time and no chance of its own in ${layer}/${path}`, () => {
        const lines = readFileSync(join(root, path), 'utf8').split('\n')
        const found = lines.flatMap((line, index) => {
          const code = line.replace(/^\s*(\*|\/\/|\/\*\*).*$/, '')
          return forbidden.test(code) ? [`${layer}/${path}:${index + 1}: ${line.trim()}`] : []
        })
        assert.deepEqual(found, [])
      })
    }
  }
})
