import type { ConfigMap } from '../../kubernetes/types'
import { byteLength, checkFormat, type Problems } from './checks'
import { forbidden, invalidValue, tooLong } from './field-error'
import { configKeyErrors } from './formats'
import { strategyOf } from './generic'
import { subdomainNames } from './metadata'
import type { Strategy } from './strategy'
import { isSame } from './structure'

/** The most bytes that a ConfigMap or a Secret may hold. */
export const dataBytes = 1_048_576

/** How the API server treats ConfigMaps. */
export const configMapStrategy: Strategy<ConfigMap> = strategyOf<ConfigMap>({
  names: subdomainNames,
  repeats: 'all',
  check,
  checkUpdate(problems, configMap, previous) {
    checkStaysImmutable(problems, configMap, previous)
    check(problems, configMap)
  },
})

/** Data that was declared immutable, and the declaration, stay for ever. */
export function checkStaysImmutable<T extends { readonly immutable?: boolean }>(
  problems: Problems,
  object: T & { readonly data?: unknown; readonly binaryData?: unknown },
  previous: T & { readonly data?: unknown; readonly binaryData?: unknown },
): void {
  if (previous.immutable !== true) return
  const detail = 'field is immutable when `immutable` is set'
  if (object.immutable !== true) problems.push(forbidden('immutable', detail))
  for (const field of ['data', 'binaryData'] as const) {
    if (!isSame(object[field], previous[field])) problems.push(forbidden(field, detail))
  }
}

function check(problems: Problems, { data = {}, binaryData = {} }: ConfigMap): void {
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    const at = `data[${key}]`
    checkFormat(problems, at, key, configKeyErrors(key))
    if (Object.hasOwn(binaryData, key)) {
      problems.push(invalidValue(at, key, 'duplicate of key present in binaryData'))
    }
    size += byteLength(value)
  }
  for (const [key, value] of Object.entries(binaryData)) {
    checkFormat(problems, `binaryData[${key}]`, key, configKeyErrors(key))
    size += decodedLength(value)
  }
  if (size > dataBytes) problems.push(tooLong('', dataBytes))
}

/** How many bytes a base64 text stands for. */
export function decodedLength(base64: string): number {
  return (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0)
}
