import { createReadStream, existsSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract } from 'tar-stream'
import { messageOf, UsageError } from '../errors'

/** What k3s tells apart by the ending of the name, and this package can look into. */
const endings = ['.tar', '.tar.gz', '.tgz', '.tar.zst', '.tzst'] as const

/** The longest table of contents that is read, in bytes. */
const maxIndexBytes = 16 * 1024 ** 2

/** Images in a file, as `docker save` and `ctr images export` write them. */
export interface ImageArchive {
  readonly path: string
  readonly ending: (typeof endings)[number]
  /** The full names of the images, e.g. `docker.io/library/busybox:1.36`. */
  readonly images: readonly string[]
}

/**
 * Reads which images an archive holds; it is read to its end, so that a cut one is noticed before a node gets it.
 *
 * @throws UsageError that names the file and what is wrong with it.
 */
export async function readImageArchive(path: string): Promise<ImageArchive> {
  const problem = (what: string) => new UsageError(`image archive ${path}: ${what}`)
  const ending = endings.find((each) => path.toLowerCase().endsWith(each))
  if (ending === undefined) throw problem(`wanted a name that ends in ${endings.join(', ')}`)
  if (!existsSync(path)) throw problem('there is no such file')
  if (!statSync(path).isFile()) throw problem('wanted a file')
  const indexes = await indexesIn(path, ending).catch((error) => {
    throw problem(`cannot be read (${messageOf(error)})`)
  })
  const images = [...new Set(indexes.flatMap(imagesOf))].sort()
  if (images.length === 0) {
    throw problem('holds no image with a name; save images by name: docker save -o FILE NAME:TAG')
  }
  return { path, ending, images }
}

/** The full name of an image, as a container runtime lists it: with registry, folder and tag. */
export function fullImageName(name: string): string {
  const [first = '', ...rest] = name.split('/')
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const path = hasRegistry ? name : `docker.io/${rest.length === 0 ? `library/${name}` : name}`
  return /(?::[^/]+|@sha256:[0-9a-f]+)$/.test(path) ? path : `${path}:latest`
}

async function indexesIn(path: string, ending: ImageArchive['ending']): Promise<unknown[]> {
  const found: unknown[] = []
  const reader = extract()
  const source = createReadStream(path)
  const whole = pipeline(decompressed(source, ending), reader)
  // Awaited below; until then a rejection must not count as unhandled.
  whole.catch(() => {})
  for await (const entry of reader) {
    const { name, size = 0 } = entry.header
    const isIndex = /^(?:\.\/)?(?:manifest|index)\.json$/.test(name)
    if (!isIndex || size > maxIndexBytes) {
      entry.resume()
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array))
    found.push(JSON.parse(Buffer.concat(chunks).toString('utf8')))
  }
  await whole
  return found
}

function decompressed(source: NodeJS.ReadableStream, ending: ImageArchive['ending']) {
  switch (ending) {
    case '.tar':
      return source
    case '.tar.gz':
    case '.tgz':
      return source.pipe(createGunzip())
    case '.tar.zst':
    case '.tzst':
      return source.pipe(createZstdDecompress())
  }
}

/** The names in a table of contents, of `docker save` or of an OCI image layout. */
function imagesOf(index: unknown): readonly string[] {
  if (Array.isArray(index)) {
    return index.flatMap(({ RepoTags }: { readonly RepoTags?: readonly string[] | null }) =>
      (RepoTags ?? []).map(fullImageName),
    )
  }
  const { manifests = [] } = index as {
    readonly manifests?: readonly { readonly annotations?: Readonly<Record<string, string>> }[]
  }
  return manifests.flatMap(({ annotations = {} }) => {
    const name = annotations['io.containerd.image.name']
    return name === undefined ? [] : [fullImageName(name)]
  })
}
