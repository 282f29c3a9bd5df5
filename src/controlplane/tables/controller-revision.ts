import { controllerOf } from '../../kubernetes/owner-references'
import type { ControllerRevision } from '../../kubernetes/types'
import { ageColumn, ageOf, nameColumn, type Printer, text } from './columns'

/** Revisions and whose they are (API-65, TABLE-20). */
export const revisionPrinter: Printer<ControllerRevision> = {
  columns: [
    nameColumn,
    text('Controller', 'Object that the revision belongs to.'),
    text('Revision', 'Number of the revision; the newest has the highest.'),
    ageColumn,
  ],
  cellsOf: (object, now) => [
    object.metadata.name,
    controllerName(object),
    object.revision,
    ageOf(object, now),
  ],
}

function controllerName(object: ControllerRevision): string {
  const controller = controllerOf(object)
  if (controller === undefined) return '<none>'
  const { apiVersion, kind, name } = controller
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  return `${kind.toLowerCase()}${group}/${name}`
}
