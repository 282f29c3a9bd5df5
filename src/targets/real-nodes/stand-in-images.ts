import { createHash } from 'node:crypto'
import { type Pack, pack } from 'tar-stream'

/** The images that scenarios name, and that exist in no registry. */
const agentImages = ['agent:v1', 'agent:v2'] as const

/** The sandbox of every pod, so that no node has to pull one. */
export const pauseImage = 'daemonset-conformance/pause:v1'

/** The images that nodes are given before any scenario runs. */
export const standInImages: readonly string[] = [...agentImages, pauseImage]

/** The same files make the same archive, whenever that is. */
const mtime = new Date(0)

/** Says what it is, and then does nothing until it is asked to stop. */
const program = `echo "$IMAGE has started"
trap 'echo "$IMAGE was asked to stop"; exit 0' TERM INT
while :; do sleep 3600 & wait $!; done`

/**
 * An archive of images, as `docker save` writes it, whose containers run a shell.
 *
 * The shell comes from the k3s image itself: so real nodes need no image but that one, also where nothing
 * can be pulled.
 */
export async function standInArchive(options: {
  /** A static busybox. */
  readonly busybox: Buffer
  /** In the words of Go, e.g. `amd64`. */
  readonly architecture: string
}): Promise<Buffer> {
  const { busybox, architecture } = options
  const layer = await bufferOf((tar) => {
    tar.entry({ name: 'bin/', type: 'directory', mode: 0o755, mtime })
    tar.entry({ name: 'bin/busybox', mode: 0o755, mtime }, busybox)
    for (const name of ['sh', 'sleep']) {
      tar.entry({ name: `bin/${name}`, type: 'symlink', linkname: 'busybox', mtime })
    }
  })
  const configs = standInImages.map((image) => {
    const config = configOf(image, architecture, layer)
    return { image, config, file: `${digestOf(config)}.json` }
  })
  const manifest = configs.map(({ image, file }) => ({
    Config: file,
    RepoTags: [image],
    Layers: ['layer.tar'],
  }))
  return await bufferOf((tar) => {
    tar.entry({ name: 'layer.tar', mtime }, layer)
    for (const { file, config } of configs) tar.entry({ name: file, mtime }, config)
    tar.entry({ name: 'manifest.json', mtime }, JSON.stringify(manifest))
  })
}

function configOf(image: string, architecture: string, layer: Buffer): string {
  return JSON.stringify({
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin', `IMAGE=${image}`], Cmd: ['/bin/sh', '-c', program] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(layer)}`] },
  })
}

function digestOf(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

async function bufferOf(fill: (tar: Pack) => void): Promise<Buffer> {
  const tar = pack()
  fill(tar)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}
