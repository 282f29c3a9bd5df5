/** Pulling an image that is named like this fails: its name, tag or registry says that it cannot exist. */
const unpullable = /non-existent|^[^/]*\.invalid(:\d+)?\//

/** A container of an image that is named like this exits soon after its start, over and over. */
const crashing = /crash-loop/

/** Whether the simulated registry has the image (KUBELET-22, E2E-21). */
export function isPullable(image: string): boolean {
  return !unpullable.test(image)
}

/** Whether containers of the image run into a crash loop (KUBELET-21). */
export function isCrashing(image: string): boolean {
  return crashing.test(image)
}

/** What the container runtime answers when it is asked for an image that does not exist. */
export function pullErrorOf(image: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
}

/** The digest that the simulated registry gives to an image: the same name, the same digest. */
export function imageIdOf(image: string): string {
  const remembered = imageIds.get(image)
  if (remembered !== undefined) return remembered
  const slash = image.lastIndexOf('/')
  const colon = image.indexOf(':', slash + 1)
  const repository = (colon < 0 ? image : image.slice(0, colon)).replace(/@.*$/, '')
  const id = `${repository}@sha256:${hex64(image)}`
  if (imageIds.size >= rememberedImages) imageIds.clear()
  imageIds.set(image, id)
  return id
}

/** The id of the nth run of a container: 64 hexadecimal digits, different for every pod and restart. */
export function containerIdOf(podUid: string, container: string, restart: number): string {
  const own = fnv(`${container}/${restart}`, 0x811c9dc5)
  const uid = podUid.replaceAll('-', '')
  const head = uid.length === 32 ? uid : hex64(podUid).slice(0, 32)
  return `containerd://${head}${word(own)}${word(fnv(container, own))}${word(fnv(head, own))}${word(own ^ 0x5bd1e995)}`
}

const imageIds = new Map<string, string>()
const rememberedImages = 1_000

function hex64(text: string): string {
  let digits = ''
  let seed = 0x811c9dc5
  for (let i = 0; i < 8; i++) {
    seed = fnv(text, seed ^ i)
    digits += word(seed)
  }
  return digits
}

/** The FNV-1a hash, from a given start. */
function fnv(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

function word(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
