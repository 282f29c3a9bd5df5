import type { Container, PodSpec } from '../../kubernetes/types'
import { changed, mapped, remembering, within } from './structure'

type Containers = readonly Container[]
type Volumes = NonNullable<PodSpec['volumes']>

/**
 * The spec without the fields whose features are off: an API server drops them without a word.
 *
 * In 1.36 these are stop signals, trust bundles and pod certificates in projected volumes, and scheduling groups.
 */
export function withoutGatedFields(spec: PodSpec): PodSpec {
  return changed(spec, {
    ...(spec.containers && { containers: withoutStopSignals(spec.containers) }),
    initContainers: spec.initContainers && withoutStopSignals(spec.initContainers),
    volumes: spec.volumes && withoutGatedSources(spec.volumes),
    schedulingGroup: undefined,
  })
}

const withoutStopSignals = remembering((containers: Containers) =>
  mapped(containers, (container) => {
    const { lifecycle } = container
    if (lifecycle?.stopSignal === undefined) return container
    const kept = changed(lifecycle, { stopSignal: undefined })
    return changed(container, { lifecycle: Object.keys(kept).length === 0 ? undefined : kept })
  }),
)

const withoutGatedSources = remembering((volumes: Volumes) =>
  mapped(volumes, (volume) =>
    within(volume, 'projected', (projected) =>
      within(projected, 'sources', (sources) =>
        mapped(sources, (source) =>
          changed(source, { clusterTrustBundle: undefined, podCertificate: undefined }),
        ),
      ),
    ),
  ),
)
