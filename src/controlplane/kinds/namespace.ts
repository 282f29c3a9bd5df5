import { dns1123LabelErrors } from '../../kubernetes/names'
import type { Namespace } from '../../kubernetes/types'
import { checkQualifiedName, type Problems } from './checks'
import { invalidValue } from './field-error'
import { strategyOf, withMetadata } from './generic'
import { checkStandardFinalizer } from './metadata'
import type { Strategy } from './strategy'
import { changed } from './structure'

const nameLabel = 'kubernetes.io/metadata.name'

/** How the API server treats namespaces (API-188, API-236, API-237). */
export const namespaceStrategy: Strategy<Namespace> = strategyOf<Namespace>({
  names: { namespaced: false, nameErrors: dns1123LabelErrors },
  defaults(namespace) {
    const { metadata, spec = {}, status = {} } = namespace
    const phased = changed(namespace, {
      spec,
      status: changed(status, { phase: status.phase || 'Active' }),
    })
    return metadata.name ? named(phased) : phased
  },
  prepareForCreate(namespace) {
    const { finalizers = [] } = namespace.spec ?? {}
    const held = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
    // A name that was made up is known only now.
    return changed(named(namespace), {
      spec: changed(namespace.spec ?? {}, { finalizers: held }),
      status: { phase: 'Active' },
    })
  },
  prepareForUpdate(namespace, previous, subresource) {
    if (subresource === 'status') return changed(namespace, { spec: previous.spec })
    if (subresource === 'finalize') return changed(namespace, { status: previous.status })
    // Finalizers of the spec go through `finalize` only.
    const spec = changed(namespace.spec ?? {}, { finalizers: previous.spec?.finalizers })
    return changed(namespace, { spec, status: previous.status })
  },
  check: checkFinalizers,
  checkUpdate: () => {},
  checkStatus(problems, { metadata, status }) {
    const { phase = '' } = status ?? {}
    const deleted = metadata.deletionTimestamp !== undefined
    const expected = deleted ? 'Terminating' : 'Active'
    if (phase === expected) return
    const detail = `may only be '${expected}' if \`deletionTimestamp\` is ${deleted ? 'not ' : ''}empty`
    problems.push(invalidValue('status.Phase', phase, detail))
  },
  fieldsOf: ({ status }) => ({ 'status.phase': status?.phase ?? '' }),
  selectableFields: ['status.phase'],
})

/** The namespace with its name as a label, by which selectors find it. */
function named(namespace: Namespace): Namespace {
  const { metadata } = namespace
  const labels = changed<Readonly<Record<string, string>>>(metadata.labels ?? {}, {
    [nameLabel]: metadata.name,
  })
  return withMetadata(namespace, changed(metadata, { labels }))
}

function checkFinalizers(problems: Problems, { spec }: Namespace): void {
  for (const finalizer of spec?.finalizers ?? []) {
    checkQualifiedName(problems, 'spec.finalizers', finalizer)
    checkStandardFinalizer(problems, 'spec.finalizers', finalizer)
  }
}
