import { isDns1123Subdomain } from '../kubernetes/names'
import { controllerReferenceTo } from '../kubernetes/owner-references'
import { controllerRevisionHashLabel, podTemplateGenerationLabel } from '../kubernetes/pods'
import type { Affinity, DaemonSet, Draft, Labels, ObjectMeta, PodSpec } from '../kubernetes/types'
import { daemonTolerationsOf } from './daemon-tolerations'
import { currentRevisionOf } from './updated-pods'

/**
 * Makes the daemon pods of one revision.
 *
 * All of them share one frozen template; a pod adds only the affinity that ties it to its node.
 *
 * @see MANAGE-42 MANAGE-43 MANAGE-44 MANAGE-45 MANAGE-46
 */
export function daemonPodFactory(daemonSet: DaemonSet, hash: string): (nodeName: string) => Draft {
  const { template } = daemonSet.spec
  const { annotations, finalizers } = template.metadata ?? {}
  const { name, namespace } = daemonSet.metadata
  const metadata: Partial<ObjectMeta> = Object.freeze({
    generateName: generateNameOf(name),
    namespace,
    labels: daemonPodLabels(daemonSet, hash),
    ...(annotations ? { annotations } : {}),
    ...(finalizers ? { finalizers } : {}),
    ownerReferences: Object.freeze([Object.freeze(controllerReferenceTo(daemonSet))]),
  })
  const spec = {
    ...template.spec,
    tolerations: Object.freeze(daemonTolerationsOf(template.spec ?? {})),
  }
  const affinity = template.spec?.affinity
  // Who freezes a part promises that all of it is frozen, which holds for templates of the in-process API server.
  const isShared = Object.isFrozen(template.spec)
  return (nodeName) => {
    const pod = { ...spec, affinity: withNodeAffinityTo(nodeName, affinity) }
    if (!isShared) return { apiVersion: 'v1', kind: 'Pod', metadata, spec: pod }
    return Object.freeze({ apiVersion: 'v1', kind: 'Pod', metadata, spec: Object.freeze(pod) })
  }
}

/**
 * The labels of new pods: the template's, the hash of the revision and, as far as there is one, the
 * template generation. These two override the template's and are never written to it (MANAGE-47).
 */
export function daemonPodLabels(daemonSet: DaemonSet, hash: string): Labels {
  const { templateGeneration } = currentRevisionOf(daemonSet, hash)
  return Object.freeze({
    ...daemonSet.spec.template.metadata?.labels,
    ...(templateGeneration === undefined
      ? {}
      : { [podTemplateGenerationLabel]: templateGeneration }),
    ...(hash === '' ? {} : { [controllerRevisionHashLabel]: hash }),
  })
}

/**
 * The affinity that lets a pod run on the named node alone.
 *
 * The required node affinity of the template is replaced, not merged: the controller has judged it already.
 * Everything else of the affinity stays.
 *
 * @see PLACE-41 PLACE-42
 */
export function withNodeAffinityTo(nodeName: string, affinity: PodSpec['affinity']): Affinity {
  const values = Object.freeze([nodeName])
  const matchFields = Object.freeze([
    Object.freeze({ key: 'metadata.name', operator: 'In', values }),
  ])
  const nodeSelectorTerms = Object.freeze([Object.freeze({ matchFields })])
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: Object.freeze({ nodeSelectorTerms }),
  }
  const tied = { ...affinity, nodeAffinity }
  if (!Object.isFrozen(affinity)) return tied // No affinity counts as frozen.
  Object.freeze(nodeAffinity)
  return Object.freeze(tied)
}

/**
 * The name with a dash, unless no pod name could begin that way.
 *
 * Judged as names with a random end are: the end may replace the last character, so a full-length name does.
 */
function generateNameOf(name: string): string {
  return isDns1123Subdomain(`${name.slice(0, -1)}a`) ? `${name}-` : name
}
