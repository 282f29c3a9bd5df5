import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { UsageError } from '../errors'
import { fullImageName, readImageArchive } from './image-archive'

const folder = mkdtempSync(join(tmpdir(), 'dsc-images-'))
after(() => rmSync(folder, { recursive: true }))

async function tarOf(files: { readonly [name: string]: string }): Promise<Buffer> {
  const tar = pack()
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

function written(name: string, content: Buffer | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const dockerArchive = {
  'abc.json': '{}',
  'layer/layer.tar': 'x'.repeat(5000),
  'manifest.json': JSON.stringify([
    { Config: 'abc.json', RepoTags: ['agent:v1', 'registry.example:5000/a/b:1'], Layers: [] },
    { Config: 'abc.json', RepoTags: null, Layers: [] },
  ]),
}

describe('image archives', () => {
  const images = ['docker.io/library/agent:v1', 'registry.example:5000/a/b:1']

  it('tell the images that docker save has put into them, packed or not', async () => {
    const tar = await tarOf(dockerArchive)
    for (const [name, content] of [
      ['a.tar', tar],
      ['a.tar.gz', gzipSync(tar)],
      ['a.TGZ', gzipSync(tar)],
      ['a.tar.zst', zstdCompressSync(tar)],
    ] as const) {
      const archive = await readImageArchive(written(name, content))
      assert.deepEqual(archive.images, images, name)
    }
  })

  it('tell the images of an OCI layout', async () => {
    const annotations = { 'io.containerd.image.name': 'docker.io/rancher/pause:3.1' }
    const index = { manifests: [{ digest: 'sha256:1', annotations }, { digest: 'sha256:2' }] }
    const path = written('oci.tar', await tarOf({ 'index.json': JSON.stringify(index) }))
    assert.deepEqual((await readImageArchive(path)).images, ['docker.io/rancher/pause:3.1'])
  })

  it('that cannot be imported are told apart before any node gets them', async () => {
    const tar = await tarOf(dockerArchive)
    for (const [path, wanted] of [
      [join(folder, 'nowhere.tar'), /nowhere\.tar: there is no such file/],
      [written('images.zip', tar), /images\.zip: wanted a name that ends in \.tar, /],
      [written('cut.tar', tar.subarray(0, 3000)), /cut\.tar: cannot be read \(/],
      [written('cut.tar.gz', gzipSync(tar).subarray(0, 100)), /cut\.tar\.gz: cannot be read \(/],
      [written('plain.tar.gz', tar), /plain\.tar\.gz: cannot be read \(/],
      [written('text.tar', 'no archive at all'.repeat(99)), /text\.tar: /],
      [written('other.tar', await tarOf({ 'a.txt': 'a' })), /other\.tar: holds no image/],
      [written('wrong.tar', await tarOf({ 'manifest.json': '[' })), /wrong\.tar: cannot be read/],
    ] as const) {
      await assert.rejects(readImageArchive(path), (error) => {
        assert(error instanceof UsageError, path)
        assert.match(error.message, wanted)
        return true
      })
    }
  })
})

describe('names of images', () => {
  it('are written out with registry, folder and tag', () => {
    for (const [name, full] of [
      ['agent', 'docker.io/library/agent:latest'],
      ['agent:v1', 'docker.io/library/agent:v1'],
      ['rancher/pause:3.1', 'docker.io/rancher/pause:3.1'],
      ['localhost/agent', 'localhost/agent:latest'],
      ['registry:5000/agent', 'registry:5000/agent:latest'],
      ['quay.io/a/b@sha256:0f', 'quay.io/a/b@sha256:0f'],
    ] as const) {
      assert.equal(fullImageName(name), full)
    }
  })
})
