import type { PodSpec, PodTemplateSpec } from '../../kubernetes/types'
import { checkAnnotations, checkLabels, type Problems } from './checks'
import { forbidden } from './field-error'
import { checkPodAnnotations, checkSeccompAgreement } from './pod-annotations'
import { checkPodSpec } from './pod-spec'

/** A pod template; labels and annotations are told at the template itself, without `metadata` (API-41). */
export function checkPodTemplate(
  problems: Problems,
  path: string,
  template: PodTemplateSpec,
): void {
  const { metadata, spec = noSpec } = template
  checkLabels(problems, `${path}.labels`, metadata?.labels)
  checkAnnotations(problems, `${path}.annotations`, metadata?.annotations)
  checkPodAnnotations(problems, `${path}.annotations`, metadata?.annotations, spec)
  checkPodSpec(problems, `${path}.spec`, spec, { podName: undefined })
  checkSeccompAgreement(problems, `${path}.spec`, metadata?.annotations, spec)
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const detail = 'ephemeral containers not allowed in pod template'
    problems.push(forbidden(`${path}.spec.ephemeralContainers`, detail))
  }
}

const noSpec: PodSpec = { containers: [] }
