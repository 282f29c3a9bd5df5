import type { Secret } from '../../kubernetes/types'
import { checkFormat, checkImmutable, type Problems } from './checks'
import { checkStaysImmutable, dataBytes, decodedLength } from './config-map'
import { invalidValue, required, tooLong } from './field-error'
import { configKeyErrors } from './formats'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

const accountAnnotation = 'kubernetes.io/service-account.name'

/** How the API server treats Secrets; what comes as text is stored as bytes. */
export const secretStrategy: Strategy<Secret> = strategyOf<Secret>({
  names: subdomainNames,
  repeats: 'all',
  defaults: (secret) =>
    changed(secret, {
      type: secret.type || 'Opaque',
      ...(secret.stringData !== undefined && {
        stringData: undefined,
        data: { ...secret.data, ...encoded(secret.stringData) },
      }),
    }),
  check,
  checkUpdate(problems, secret, previous) {
    checkImmutable(problems, 'type', secret.type, previous.type)
    checkStaysImmutable(problems, secret, previous)
    check(problems, secret)
  },
  fieldsOf: ({ type }) => ({ type: type ?? '' }),
  selectableFields: ['type'],
})

function encoded(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  )
}

function check(problems: Problems, secret: Secret): void {
  const { data = {}, type, metadata } = secret
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    checkFormat(problems, `data[${key}]`, key, configKeyErrors(key))
    size += decodedLength(value)
  }
  if (size > dataBytes) problems.push(tooLong('data', dataBytes))
  if (type === 'kubernetes.io/service-account-token') {
    if (metadata.annotations?.[accountAnnotation]) return
    problems.push(required(`metadata.annotations[${accountAnnotation}]`))
  } else checkKeysOfType(problems, data, type ?? '')
}

/** What each type of secret cannot do without. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

function checkKeysOfType(
  problems: Problems,
  data: Readonly<Record<string, string>>,
  type: string,
): void {
  for (const key of keysOfType[type] ?? []) {
    const value = data[key]
    if (value === undefined || (value === '' && key === 'ssh-privatekey')) {
      problems.push(required(`data[${key}]`))
    } else if (key.startsWith('.docker')) {
      const problem = jsonProblem(Buffer.from(value, 'base64').toString())
      if (problem === undefined) continue
      problems.push(invalidValue(`data[${key}]`, '<secret contents redacted>', problem))
    }
  }
  if (type !== 'kubernetes.io/basic-auth') return
  if (data['username'] !== undefined || data['password'] !== undefined) return
  problems.push(required('data[username]'), required('data[password]'))
}

/** Why a text is no JSON object, in the words of Go's reader as far as they are the same for all texts. */
function jsonProblem(text: string): string | undefined {
  const first = text.trim()[0]
  if (first === undefined) return 'unexpected end of JSON input'
  if (!/[[{"\dtfn-]/.test(first)) {
    return `invalid character '${first}' looking for beginning of value`
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && !Array.isArray(value)) return undefined
    const found = Array.isArray(value) ? 'array' : typeof value
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`
  } catch {
    return 'unexpected end of JSON input'
  }
}
