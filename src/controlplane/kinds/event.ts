import type { Event } from '../../kubernetes/types'
import { checkDnsSubdomain, checkPresent, checkQualifiedName, type Problems } from './checks'
import { invalidValue } from './field-error'
import { strategyOf } from './generic'
import { pathNames } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

/** How the API server treats core events (API-227, API-238). */
export const eventStrategy: Strategy<Event> = strategyOf<Event>({
  names: pathNames,
  repeats: 'nothing',
  freeFinalizers: true,
  // These four are there even when they are empty.
  defaults: (event) =>
    changed(event, {
      involvedObject: event.involvedObject ?? {},
      source: event.source ?? {},
      reportingComponent: event.reportingComponent ?? '',
      reportingInstance: event.reportingInstance ?? '',
    }),
  check,
  fieldsOf: (event) => ({
    ...involvedFields(event),
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent || event.source?.component || '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  selectableFields: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (field) => `involvedObject.${field}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  createOnUpdate: true,
})

function involvedFields({ involvedObject }: Event): Readonly<Record<string, string>> {
  const { kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath } =
    involvedObject ?? {}
  return {
    'involvedObject.kind': kind ?? '',
    'involvedObject.namespace': namespace ?? '',
    'involvedObject.name': name ?? '',
    'involvedObject.uid': uid ?? '',
    'involvedObject.apiVersion': apiVersion ?? '',
    'involvedObject.resourceVersion': resourceVersion ?? '',
    'involvedObject.fieldPath': fieldPath ?? '',
  }
}

function check(problems: Problems, event: Event): void {
  const { namespace = '' } = event.metadata
  const involved = event.involvedObject?.namespace ?? ''
  if (event.eventTime === undefined) {
    const fits =
      involved === '' ? namespace === '' || namespace === 'default' : involved === namespace
    if (!fits) problems.push(mismatch(involved))
  } else {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') {
      problems.push(mismatch(involved))
    }
    checkNewForm(problems, event)
  }
  checkDnsSubdomain(problems, 'namespace', namespace)
}

function mismatch(namespace: string) {
  return invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')
}

const longest = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const

/** Events with an event time name who reports what was done. */
function checkNewForm(problems: Problems, event: Event): void {
  const { reportingComponent = '' } = event
  checkPresent(problems, 'reportingComponent', reportingComponent)
  checkQualifiedName(problems, 'reportingComponent', reportingComponent)
  for (const field of ['reportingInstance', 'action', 'reason', 'message'] as const) {
    const text = event[field] ?? ''
    if (field !== 'message') checkPresent(problems, field, text)
    if (text.length > longest[field]) {
      const detail = `can have at most ${longest[field]} characters`
      problems.push(invalidValue(field, '', detail))
    }
  }
}
