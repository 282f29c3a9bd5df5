import type { PodSpec } from '../../kubernetes/types'
import { checkPresent, type Problems } from './checks'
import { invalidValue, required } from './field-error'
import { checkFieldReference, checkResourceReference } from './field-references'
import { checkFilePath } from './paths'

type Volume = NonNullable<PodSpec['volumes']>[number]
/** A key of a ConfigMap or Secret, and the file it becomes. */
export type Item = NonNullable<NonNullable<Volume['configMap']>['items']>[number]
/** A field of the pod, and the file it becomes. */
export type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]

const modeText = 'must be a number between 0 and 0777 (octal), both inclusive'

/** The mode of a file, if one is given. */
export function checkFileMode(problems: Problems, path: string, mode: number | undefined): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    problems.push(invalidValue(path, mode, modeText))
  }
}

/** Keys and the paths they are written to. */
export function checkItems(
  problems: Problems,
  path: string,
  items: readonly Item[] | undefined,
): void {
  for (const [index, item] of (items ?? []).entries()) {
    const at = `${path}[${index}]`
    checkPresent(problems, `${at}.key`, item.key)
    checkPresent(problems, `${at}.path`, item.path)
    checkFilePath(problems, `${at}.path`, item.path ?? '')
    checkFileMode(problems, `${at}.mode`, item.mode)
  }
}

/** The fields that volumes may show; those that change over a pod's life are not among them. */
const volumeFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]

/** Fields of the pod as files; the paths of problems carry no index, as in the API. */
export function checkDownwardFiles(
  problems: Problems,
  path: string,
  files: readonly DownwardFile[] | undefined,
): void {
  for (const { path: filePath, fieldRef, resourceFieldRef, mode } of files ?? []) {
    checkPresent(problems, `${path}.path`, filePath)
    checkFilePath(problems, `${path}.path`, filePath ?? '')
    if (fieldRef !== undefined) {
      checkFieldReference(problems, `${path}.fieldRef`, fieldRef, volumeFields)
      if (resourceFieldRef !== undefined) {
        const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously'
        problems.push(invalidValue(path, 'resource', detail))
      }
    } else if (resourceFieldRef !== undefined) {
      const at = `${path}.resourceFieldRef`
      checkResourceReference(problems, at, resourceFieldRef, { inVolume: true })
    } else {
      problems.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
    }
    checkFileMode(problems, `${path}.mode`, mode)
  }
}
