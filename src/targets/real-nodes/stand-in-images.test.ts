import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fullImageName, readImageArchive } from './image-archive'
import { standInArchive, standInImages } from './stand-in-images'

const folder = mkdtempSync(join(tmpdir(), 'dsc-stand-in-'))
after(() => rmSync(folder, { recursive: true }))

const busybox = Buffer.from('not really a program')

describe('the stand-in images', () => {
  it('make an archive that can be imported', async () => {
    const path = join(folder, 'images.tar')
    writeFileSync(path, await standInArchive({ busybox, architecture: 'arm64' }))
    const { images } = await readImageArchive(path)
    assert.deepEqual(images, [...standInImages].map(fullImageName).sort())
  })

  it('are the same for the same shell, and name the layer that they are made of', async () => {
    const archive = await standInArchive({ busybox, architecture: 'arm64' })
    assert.deepEqual(archive, await standInArchive({ busybox, architecture: 'arm64' }))
    const path = join(folder, 'again.tar')
    writeFileSync(path, archive)
    execFileSync('tar', ['-xf', path, '-C', folder])
    const layer = readFileSync(join(folder, 'layer.tar'))
    const [first] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    const config = JSON.parse(readFileSync(join(folder, first.Config), 'utf8'))
    const digest = createHash('sha256').update(layer).digest('hex')
    assert.equal(config.architecture, 'arm64')
    assert.deepEqual(config.rootfs.diff_ids, [`sha256:${digest}`])
    assert.deepEqual(config.config.Env, ['PATH=/bin', 'IMAGE=agent:v1'])
  })
})
