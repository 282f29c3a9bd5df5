import { parseInt64 } from './int64'
import type { DaemonSet } from './types'

/** The label that ties a daemon pod to the revision it was made from (HISTORY-05). */
export const controllerRevisionHashLabel = 'controller-revision-hash'

/** The older label that ties a daemon pod to the generation of its template. */
export const podTemplateGenerationLabel = 'pod-template-generation'

/** The annotation through which apps/v1 shows the template generation (API-05). */
export const templateGenerationAnnotation = 'deprecated.daemonset.template.generation'

/** The generation of the DaemonSet's template, as far as its annotation is a number. */
export function templateGenerationOf({
  metadata,
}: Pick<DaemonSet, 'metadata'>): number | undefined {
  const text = metadata.annotations?.[templateGenerationAnnotation]
  const generation = text === undefined ? undefined : parseInt64(text)
  return generation === undefined ? undefined : Number(generation)
}
