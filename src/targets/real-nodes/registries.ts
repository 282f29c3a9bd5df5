import { readFileSync } from 'node:fs'
import { parseDocument, stringify } from 'yaml'
import { messageOf, UsageError } from '../errors'

/** The top-level keys of a registries.yaml that k3s knows. */
const knownKeys = ['mirrors', 'configs']

/**
 * The `registries.yaml` of k3s that makes nodes pull from a registry of one's own what they would pull from
 * Docker Hub. A path in the address becomes the prefix of every image.
 *
 * @throws UsageError
 */
export function registriesYamlFor(address: string): string {
  const { origin, prefix } = addressParts(address)
  return stringify({
    mirrors: {
      'docker.io': {
        endpoint: [origin],
        ...(prefix === '' ? {} : { rewrite: { '^(.*)$': `${prefix}/$1` } }),
      },
    },
  })
}

/**
 * Reads somebody's own `registries.yaml`, and checks what k3s would pass over without a word.
 *
 * @throws UsageError that names the file, and the line where there is one.
 */
export function readRegistries(path: string): string {
  const problem = (what: string) => new UsageError(`registries file ${path}: ${what}`)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw problem(`cannot be read (${messageOf(error)})`)
  }
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) throw problem(messageOf(error))
  const value: unknown = document.toJS()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw problem('wanted a map with mirrors, configs or both')
  }
  const keys = Object.keys(value)
  const unknown = keys.filter((key) => !knownKeys.includes(key))
  if (unknown.length > 0 || keys.length === 0) {
    const found = unknown.length === 0 ? 'nothing' : unknown.join(', ')
    throw problem(`wanted mirrors, configs or both, found ${found}`)
  }
  return text
}

function addressParts(address: string): { readonly origin: string; readonly prefix: string } {
  const wrong = (what: string) =>
    new UsageError(
      `registry "${address}": ${what}; wanted e.g. https://registry.example:5000 or https://registry.example/mirror`,
    )
  if (!/^https?:\/\//.test(address)) throw wrong('it says neither http:// nor https://')
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw wrong('it is no URL')
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('credentials have their place in a registries file (--registries)')
  }
  if (url.search !== '' || url.hash !== '') throw wrong('it has a query or a fragment')
  return { origin: url.origin, prefix: url.pathname.replace(/^\/+|\/+$/g, '') }
}
