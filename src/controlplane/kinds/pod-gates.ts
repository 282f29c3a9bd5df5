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
    ephemeralContainers:
      spec.ephemeralContainers && mapped(spec.ephemeralContainers, withoutStopSignal),
    volumes: spec.volumes && withoutGatedSources(spec.volumes),
    schedulingGroup: undefined,
  })
}

const withoutStopSignals = remembering((containers: Containers) =>
  mapped(containers, withoutStopSignal),
)

function withoutStopSignal<C extends Container>(container: C): C {
  const { lifecycle } = container
  if (lifecycle?.stopSignal === undefined) return container
  const kept = changed(lifecycle, { stopSignal: undefined })
  const isEmpty = Object.keys(kept).length === 0
  return changed<Container>(container, { lifecycle: isEmpty ? undefined : kept }) as C
}

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
