import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { parse } from 'yaml'
import { UsageError } from '../errors'
import { readRegistries, registriesYamlFor } from './registries'

const folder = mkdtempSync(join(tmpdir(), 'dsc-registries-'))
after(() => rmSync(folder, { recursive: true }))

describe('registries', () => {
  it('take the place of Docker Hub', () => {
    assert.deepEqual(parse(registriesYamlFor('http://registry.example:5000/')), {
      mirrors: { 'docker.io': { endpoint: ['http://registry.example:5000'] } },
    })
  })

  it('may keep images under a prefix', () => {
    assert.deepEqual(parse(registriesYamlFor('https://registry.example/team/hub')), {
      mirrors: {
        'docker.io': {
          endpoint: ['https://registry.example'],
          rewrite: { '^(.*)$': 'team/hub/$1' },
        },
      },
    })
  })

  it('need an address that nodes can use, and no secrets on the command line', () => {
    for (const [address, wanted] of [
      ['registry.example:5000', /neither http/],
      ['https://', /no URL/],
      ['https://ada:secret@registry.example', /credentials have their place/],
      ['https://registry.example/?a=b', /query/],
    ] as const) {
      assert.throws(
        () => registriesYamlFor(address),
        (error) => error instanceof UsageError && wanted.test(error.message),
        address,
      )
    }
  })
})

describe('a registries file', () => {
  function read(text: string): string {
    const path = join(folder, 'registries.yaml')
    writeFileSync(path, text)
    return readRegistries(path)
  }

  it('is taken as it is', () => {
    const text = '# ours\nmirrors:\n  docker.io:\n    endpoint: ["https://registry.example"]\n'
    assert.equal(read(text), text)
  })

  it('that k3s would pass over is refused', () => {
    for (const [text, wanted] of [
      ['', /wanted a map/],
      ['- a\n', /wanted a map/],
      ['mirror:\n  docker.io: {}\n', /found mirror$/],
      ['{}\n', /found nothing$/],
      ['mirrors: [\n', /line 2/],
    ] as const) {
      assert.throws(
        () => read(text),
        (error) => {
          assert(error instanceof UsageError)
          assert.match(error.message, wanted)
          assert(error.message.includes('registries.yaml'))
          return true
        },
      )
    }
  })

  it('that is not there is named', () => {
    assert.throws(() => readRegistries(join(folder, 'none.yaml')), /none\.yaml: cannot be read/)
  })
})
