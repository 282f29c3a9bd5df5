import { resources } from '../../kubernetes/resources'
import type { Kind, KubernetesObject, Namespace } from '../../kubernetes/types'
import { forbiddenTo, notFound } from '../refusals'
import type { Registry } from '../registry'
import { nameInRefusal } from './names'

/** Namespaces that nobody may delete (API-215). */
const immortal: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])

/**
 * Refuses new objects in namespaces that are not there or on their way out (API-135, API-136).
 *
 * @throws StatusError
 */
export function admitToNamespace({ store }: Registry, kind: Kind, object: KubernetesObject): void {
  if (!resources[kind].namespaced) return
  const { namespace = '' } = object.metadata
  const stored = store.get('Namespace', '', namespace) as Namespace | undefined
  if (stored === undefined) throw notFound('Namespace', namespace)
  if (stored.metadata.deletionTimestamp === undefined) return
  throw forbiddenTo(
    kind,
    nameInRefusal(object),
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  )
}

/** Protects what the cluster cannot do without (API-209, API-215). */
export function admitDeletion(kind: Kind, name: string): void {
  if (kind === 'Namespace' && immortal.has(name)) {
    throw forbiddenTo(kind, name, 'this namespace may not be deleted')
  }
  if (kind === 'PriorityClass' && systemPriorityClasses.has(name)) {
    throw forbiddenTo(kind, name, 'this is a system priority class and cannot be deleted')
  }
}

const systemPriorityClasses: ReadonlySet<string> = new Set([
  'system-cluster-critical',
  'system-node-critical',
])
