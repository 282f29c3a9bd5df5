import { type StatusCause, StatusError } from '../../kubernetes/status-error'
import { type FieldSet, pathsIn } from './field-set'
import type { Manager } from './managers'

/** Fields of another manager that a configuration would change. */
export interface FieldConflict {
  readonly manager: Manager
  readonly fields: FieldSet
}

/** The refusal of a configuration that changes what others own: 409 (API-170, API-171). */
export function applyConflict(conflicts: readonly FieldConflict[]): StatusError {
  const named = conflicts
    .map(({ manager, fields }) => ({ name: nameOf(manager), paths: pathsIn(fields) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const causes: StatusCause[] = named.flatMap(({ name, paths }) =>
    paths.map((field) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${name}`,
      field,
    })),
  )
  return new StatusError('Conflict', messageOf(named, causes), { details: { causes } })
}

function messageOf(
  named: readonly { readonly name: string; readonly paths: readonly string[] }[],
  causes: readonly StatusCause[],
): string {
  const [only] = causes
  if (causes.length === 1 && only !== undefined) {
    return `Apply failed with 1 conflict: ${only.message}: ${only.field}`
  }
  const lists = named.map(
    ({ name, paths }) => `conflicts with ${name}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
  )
  return `Apply failed with ${causes.length} conflicts: ${lists.join('\n')}`
}

function nameOf({ manager, operation, apiVersion, subresource }: Manager): string {
  const quoted = JSON.stringify(manager)
  const using = operation === 'Update' ? ` using ${apiVersion}` : ''
  return `${quoted}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}${using}`
}
