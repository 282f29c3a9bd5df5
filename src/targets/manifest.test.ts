import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import {
  type Manifest,
  ManifestError,
  parseManifests,
  readManifest,
  readManifests,
} from './manifest'

const folder = mkdtempSync(join(tmpdir(), 'manifest-test-'))
after(() => rmSync(folder, { recursive: true }))

function fileWith(text: string): string {
  const path = join(folder, 'manifest.yaml')
  writeFileSync(path, text)
  return path
}

interface Expected {
  readonly line?: number
  readonly column?: number
  readonly wanted: string
  readonly found: string | RegExp
}

function assertRefused(run: () => unknown, { line, column, wanted, found }: Expected): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof ManifestError, String(error))
    assert.equal(error.wanted, wanted)
    if (typeof found === 'string') assert.equal(error.found, found)
    else assert.match(error.found, found)
    assert.deepEqual([error.line, error.column], [line, column], error.message)
    const place = line === undefined ? error.file : `${error.file}:${line}:${column}`
    assert.equal(error.message, `${place}: wanted ${wanted}, found ${error.found}`)
    return true
  })
}

const daemonSet = 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n'
const node = 'apiVersion: v1\nkind: Node\nmetadata:\n  name: worker-1\n'

test('one object is read as it is written', () => {
  const expected: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
  }
  assert.deepEqual(readManifest(fileWith(daemonSet)), expected)
  assert.deepEqual(readManifest(fileWith(daemonSet), { kind: 'DaemonSet' }), expected)
  assert.deepEqual(readManifest(fileWith(JSON.stringify(expected))), expected)
})

test('several documents come in order, with their lines; empty ones are left out', () => {
  const text = `# A fleet.\n---\n${node}---\n# Nothing here.\n---\n${daemonSet}---\n`
  assert.deepEqual(
    parseManifests(text, 'fleet.yaml').map(({ object, file, line }) => [object.kind, file, line]),
    [
      ['Node', 'fleet.yaml', 3],
      ['DaemonSet', 'fleet.yaml', 10],
    ],
  )
  assert.deepEqual(parseManifests('', 'empty.yaml'), [])
  assert.equal(readManifests(fileWith(`${node}---\n${node}`), { kind: 'Node' }).length, 2)
})

test('a List stands for its items', () => {
  const text =
    'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Node}\n- {apiVersion: v1, kind: Pod}\n'
  assert.deepEqual(
    parseManifests(text, 'list.yaml').map(({ object, line }) => [object.kind, line]),
    [
      ['Node', 4],
      ['Pod', 5],
    ],
  )
  assertRefused(() => parseManifests('apiVersion: v1\nkind: List\n', 'list.yaml'), {
    line: 1,
    column: 1,
    wanted: 'a List with items',
    found: 'nothing as items',
  })
  assertRefused(() => parseManifests('apiVersion: v1\nkind: List\nitems:\n- 5\n', 'list.yaml'), {
    line: 4,
    column: 3,
    wanted: 'a Kubernetes object',
    found: 'the number 5',
  })
})

test('scalars mean what they mean to kubectl', () => {
  const text = `${daemonSet}values: [yes, Off, y, "yes", 0644, 0o644, 0, 10, 2026-01-01, 1e3, ~, 12:30]\n`
  assert.deepEqual(parseManifests(text, 'a.yaml')[0]?.object['values'], [
    true,
    false,
    'y',
    'yes',
    420,
    420,
    0,
    10,
    '2026-01-01',
    1000,
    null,
    '12:30',
  ])
})

test('anchors, aliases and merges are resolved', () => {
  const text = `${daemonSet}a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n`
  const { a, b, c }: Record<string, unknown> = parseManifests(text, 'a.yaml')[0]?.object ?? {}
  assert.deepEqual(
    [a, b, c],
    [
      { x: 1, y: 2 },
      { x: 1, y: 3 },
      { x: 1, y: 2 },
    ],
  )
})

test('an unreadable file is named', () => {
  assertRefused(() => readManifest(join(folder, 'absent.yaml')), {
    wanted: 'a readable file',
    found: /^ENOENT/,
  })
  assertRefused(() => readManifest(folder), { wanted: 'a readable file', found: /^EISDIR/ })
})

test('a file that is too large is not read', () => {
  assertRefused(() => readManifest(fileWith('#'.repeat(8 * 1024 * 1024 + 1))), {
    wanted: 'a file of at most 8388608 bytes',
    found: '8388609 bytes',
  })
})

test('what is not YAML is refused where it stops being so', () => {
  assertRefused(() => parseManifests('kind: DaemonSet\nmetadata: {name: a\n', 'a.yaml'), {
    line: 3,
    column: 1,
    wanted: 'valid YAML',
    found: /flow map/i,
  })
  assertRefused(() => parseManifests('a: b: c\n', 'a.yaml'), {
    line: 1,
    column: 4,
    wanted: 'valid YAML',
    found: /Nested mappings are not allowed/,
  })
  assertRefused(() => parseManifests('a: 1\n\tb: 2\n', 'a.yaml'), {
    line: 2,
    column: 1,
    wanted: 'valid YAML',
    found: /Tabs/i,
  })
})

test('duplicate keys are refused', () => {
  assertRefused(() => parseManifests(`${daemonSet}kind: Pod\n`, 'a.yaml'), {
    line: 5,
    column: 1,
    wanted: 'valid YAML',
    found: 'Map keys must be unique',
  })
})

test('an empty file is refused', () => {
  const wanted = 'a DaemonSet'
  for (const text of ['', '\n', '# Only a comment.\n', '---\n---\n', 'null\n']) {
    const expected = { wanted, found: 'an empty file' }
    assertRefused(() => readManifest(fileWith(text), { kind: 'DaemonSet' }), expected)
  }
  assertRefused(() => readManifests(fileWith('')), {
    wanted: 'a Kubernetes object',
    found: 'an empty file',
  })
})

test('several objects are refused where one is wanted', () => {
  const path = fileWith(`${daemonSet}---\n${daemonSet}---\n${daemonSet}`)
  const found = '3 objects, the second a DaemonSet'
  assertRefused(() => readManifest(path), { line: 6, column: 1, wanted: 'one object', found })
  assertRefused(() => readManifest(path, { kind: 'DaemonSet' }), {
    line: 6,
    column: 1,
    wanted: 'one DaemonSet',
    found,
  })
})

test('an object without kind or apiVersion is refused', () => {
  assertRefused(() => parseManifests('\n\nkind: Pod\n', 'a.yaml'), {
    line: 3,
    column: 1,
    wanted: 'an object with apiVersion',
    found: 'no apiVersion',
  })
  assertRefused(() => parseManifests('apiVersion: v1\nkind: ""\n', 'a.yaml'), {
    line: 2,
    column: 7,
    wanted: 'an object with kind',
    found: 'no kind',
  })
  assertRefused(() => parseManifests('apiVersion: 1\nkind: Pod\n', 'a.yaml'), {
    line: 1,
    column: 13,
    wanted: 'an object with apiVersion',
    found: 'apiVersion 1',
  })
})

test('another kind than wanted is refused', () => {
  assertRefused(() => readManifest(fileWith(node), { kind: 'DaemonSet' }), {
    line: 2,
    column: 7,
    wanted: 'kind DaemonSet',
    found: 'kind Node',
  })
  assertRefused(() => readManifests(fileWith(`${node}---\n${daemonSet}`), { kind: 'Node' }), {
    line: 7,
    column: 7,
    wanted: 'kind Node',
    found: 'kind DaemonSet',
  })
})

test('a document that is no object is refused', () => {
  const wanted = 'a Kubernetes object'
  assertRefused(() => parseManifests('- a\n- b\n', 'a.yaml'), {
    line: 1,
    column: 1,
    wanted,
    found: 'a list',
  })
  assertRefused(() => parseManifests('hello\n', 'a.yaml'), {
    line: 1,
    column: 1,
    wanted,
    found: 'the string "hello"',
  })
})

test('what JSON cannot hold is refused', () => {
  assertRefused(() => parseManifests(`${daemonSet}a: .inf\n`, 'a.yaml'), {
    line: 5,
    column: 4,
    wanted: 'a number that JSON can hold',
    found: '.inf',
  })
  assertRefused(() => parseManifests(`${daemonSet}a: {? [x] : 1}\n`, 'a.yaml'), {
    line: 5,
    column: 7,
    wanted: 'a text as key',
    found: 'a collection',
  })
})

test('nesting is bounded, however deep it goes', () => {
  const wanted = 'at most 64 levels of nesting'
  for (const depth of [100, 100_000]) {
    const text = `${daemonSet}a: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
    assert.throws(() => parseManifests(text, 'a.yaml'), { name: 'ManifestError', wanted })
  }
  const allowed = `${daemonSet}a: ${'['.repeat(50)}${']'.repeat(50)}\n`
  assert.equal(parseManifests(allowed, 'a.yaml').length, 1)
})

test('aliases cannot blow a small file up', () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const items = Array(10).fill(level === 0 ? 'x' : `*l${level - 1}`)
    return `l${level}: &l${level} [${items.join(', ')}]\n`
  })
  assert.throws(() => parseManifests(daemonSet + levels.join(''), 'a.yaml'), {
    name: 'ManifestError',
    wanted: 'few aliases',
  })
})

test('an alias into itself and an unknown alias are refused', () => {
  for (const text of ['a: &a [*a]\n', 'a: *nowhere\n']) {
    assert.throws(() => parseManifests(daemonSet + text, 'a.yaml'), ManifestError, text)
  }
})

test('any text is read or refused as a ManifestError', () => {
  const yaml = fc.stringMatching(/^[-a:{}[\]&*!|>%@`"'#,? \n\t0~<]{0,24}$/)
  fc.assert(
    fc.property(fc.oneof(yaml, fc.string()), (text) => {
      try {
        parseManifests(text, 'a.yaml')
      } catch (error) {
        assert.ok(error instanceof ManifestError, String(error))
      }
    }),
    { numRuns: 1000 },
  )
})

test('every object that JSON can state is read from JSON and from YAML', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const object = JSON.parse(JSON.stringify({ apiVersion: 'v1', kind: 'Thing', value }))
      const [document] = parseManifests(JSON.stringify(object), 'a.json')
      assert.deepEqual(JSON.parse(JSON.stringify(document?.object)), object)
    }),
  )
})
