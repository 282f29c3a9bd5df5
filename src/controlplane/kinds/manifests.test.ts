import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { resources } from '../../kubernetes/resources'
import type { Draft, Kind } from '../../kubernetes/types'
import { prune } from '../schema/prune'
import { problemsOf } from './samples.test'

/** As kubectl reads them: `0640` is octal. */
const documentsOf = (text: string) => parseAllDocuments(text, { version: '1.1' })

const folder = join(__dirname, '../../../manifests')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.yaml'),
)

describe('the manifests of this project', () => {
  for (const file of files) {
    it(`${file} is valid`, () => {
      for (const document of documentsOf(readFileSync(join(folder, file), 'utf8'))) {
        const draft = document.toJS() as Draft
        const kind = draft?.kind as Kind
        // Other kinds, such as cluster roles, are for clusters that have them.
        if (!Object.hasOwn(resources, kind ?? '')) continue
        const { namespaced } = resources[kind]
        const namespace = draft.metadata?.namespace ?? 'default'
        const metadata = namespaced ? { ...draft.metadata, namespace } : draft.metadata
        assert.deepEqual(prune(kind, draft).problems, [])
        assert.deepEqual(problemsOf(kind, { ...draft, metadata } as Draft), [])
      }
    })
  }
})
