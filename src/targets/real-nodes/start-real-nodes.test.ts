import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { EnvironmentError, UsageError } from '../errors'
import { fullImageName } from './image-archive'
import { podUidsIn } from './node-runtime'
import { standInArchive, standInImages } from './stand-in-images'
import { checkedSources, checkImages, namesOf } from './start-real-nodes'

const folder = mkdtempSync(join(tmpdir(), 'dsc-sources-'))
after(() => rmSync(folder, { recursive: true }))

const standIns = standInImages.map(fullImageName)
const archive = {
  path: 'mine.tar',
  ending: '.tar',
  images: ['docker.io/library/a:1', 'docker.io/library/b:1'],
} as const

describe('trap 14: an image import that failed', () => {
  const problemOf = (found: readonly string[]) => {
    try {
      checkImages('real-1', found, [archive])
      return 'none'
    } catch (error) {
      assert(error instanceof EnvironmentError)
      assert.equal(error.exitCode, 3)
      return error.message
    }
  }

  it('ends the run, with node, image and archive', () => {
    assert.match(
      problemOf([...standIns, 'docker.io/library/a:1']),
      /^node real-1 did not import docker\.io\/library\/b:1 from mine\.tar/,
    )
    assert.match(problemOf(archive.images), /did not import the stand-in image .*agent:v1/)
  })

  it('is none when everything is there', () => {
    assert.equal(problemOf([...standIns, ...archive.images, 'docker.io/library/c:1']), 'none')
  })
})

describe('sources of images', () => {
  it('are read before anything is started', async () => {
    const path = join(folder, 'a.tar')
    writeFileSync(path, await standInArchive({ busybox: Buffer.from('x'), architecture: 'amd64' }))
    const { archives, registries } = await checkedSources({
      preload: [path],
      registry: 'http://registry.example',
    })
    assert.deepEqual(
      archives.map(({ images }) => images),
      [[...standIns].sort()],
    )
    assert.match(registries ?? '', /registry\.example/)
    assert.deepEqual(await checkedSources({ preload: [] }), { archives: [] })
  })

  it('prefer a file of registries to a single one, and are refused when they are wrong', async () => {
    const registriesFile = join(folder, 'registries.yaml')
    writeFileSync(registriesFile, 'configs: {}\n')
    const both = { preload: [], registry: 'http://x.example', registriesFile }
    assert.equal((await checkedSources(both)).registries, 'configs: {}\n')
    await assert.rejects(checkedSources({ preload: [join(folder, 'none.tar')] }), UsageError)
    await assert.rejects(checkedSources({ preload: [], registry: 'nowhere' }), UsageError)
  })
})

describe('a run with real nodes', () => {
  it('names what it makes after itself', () => {
    const { network, server, container } = namesOf('abc')
    assert.deepEqual(
      [network, server, container('real-1')],
      ['dsc-abc', 'dsc-abc-server', 'dsc-abc-real-1'],
    )
  })

  it('reads from the container runtime which pods run', () => {
    const labels = (uid: string) => ({ labels: { 'io.kubernetes.pod.uid': uid } })
    const containers = [labels('b'), labels('a'), labels('b'), { labels: {} }, {}]
    assert.deepEqual(podUidsIn(JSON.stringify({ containers })), ['a', 'b'])
    assert.deepEqual(podUidsIn('{"containers":null}'), [])
    assert.deepEqual(podUidsIn('{}'), [])
  })
})
