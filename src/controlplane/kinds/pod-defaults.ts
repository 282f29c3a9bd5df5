import { addQuantities, formatQuantity, parseQuantity } from '../../kubernetes/quantity'
import type { Container, PodSpec, PodTemplateSpec } from '../../kubernetes/types'
import { pullPolicyOf } from './image'
import { changed, defaulted, mapped, remembering, within } from './structure'
import { volumesWithDefaults } from './volume-defaults'

type Probe = NonNullable<Container['readinessProbe']>
type Lifecycle = NonNullable<Container['lifecycle']>
type Handler = NonNullable<Lifecycle['preStop']>
type HttpGet = NonNullable<Probe['httpGet']>
type Env = NonNullable<Container['env']>[number]
type Containers = readonly Container[]

/** The template of a workload with the defaults of pod specs (API-13, API-186). */
export function templateWithDefaults(template: PodTemplateSpec): PodTemplateSpec {
  return changed(template, {
    metadata: template.metadata ?? {},
    spec: podSpecWithDefaults(template.spec ?? noSpec),
  })
}

/** A template without a spec; that it needs containers is for validation to say. */
const noSpec = Object.freeze({}) as PodSpec

/** The defaults of pods and of templates alike (API-186). */
export function podSpecWithDefaults(spec: PodSpec): PodSpec {
  const { serviceAccountName, serviceAccount } = spec
  const account = serviceAccountName || serviceAccount
  const scalars = defaulted<PodSpec>(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: noSecurityContext,
    schedulerName: 'default-scheduler',
  })
  return changed(scalars, {
    ...withAll(scalars, containersWithDefaults),
    ephemeralContainers:
      scalars.ephemeralContainers && mapped(scalars.ephemeralContainers, containerWithDefaults),
    volumes: scalars.volumes && volumesWithDefaults(scalars.volumes),
    // The old name of the field is kept equal to the new one.
    ...(account ? { serviceAccountName: account, serviceAccount: account } : {}),
  })
}

/** What pods get beyond what their templates get (API-13, API-187). */
export function podWithPodDefaults(spec: PodSpec): PodSpec {
  const ported = spec.hostNetwork === true ? withAll(spec, withHostPorts) : {}
  const requested = withAll({ ...spec, ...ported }, withRequests)
  return changed(defaulted<PodSpec>(spec, { enableServiceLinks: true }), {
    ...ported,
    ...requested,
    resources: spec.resources && podResources(spec.resources, requested.containers ?? []),
  })
}

const noSecurityContext = Object.freeze({})
const noResources = Object.freeze({})

/** Both lists of containers rewritten by the same rule. */
function withAll(
  spec: PodSpec,
  rewrite: (containers: Containers) => Containers,
): Partial<Pick<PodSpec, 'containers' | 'initContainers'>> {
  const { containers, initContainers } = spec
  return {
    ...(containers && { containers: rewrite(containers) }),
    ...(initContainers && { initContainers: rewrite(initContainers) }),
  }
}

const containersWithDefaults = remembering((containers: Containers) =>
  mapped(containers, containerWithDefaults),
)

function containerWithDefaults<C extends Container>(container: C): C {
  const scalars = defaulted<Container>(container, {
    resources: noResources,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(container.image ?? ''),
  })
  return changed<Container>(scalars, {
    ports: scalars.ports && mapped(scalars.ports, (port) => defaulted(port, { protocol: 'TCP' })),
    env: scalars.env && mapped(scalars.env, environmentWithDefaults),
    lifecycle: scalars.lifecycle && lifecycleWithDefaults(scalars.lifecycle),
    livenessProbe: scalars.livenessProbe && probeWithDefaults(scalars.livenessProbe),
    readinessProbe: scalars.readinessProbe && probeWithDefaults(scalars.readinessProbe),
    startupProbe: scalars.startupProbe && probeWithDefaults(scalars.startupProbe),
  }) as C
}

function environmentWithDefaults(variable: Env): Env {
  return within(variable, 'valueFrom', (source) =>
    within(source, 'fieldRef', (reference) => defaulted(reference, { apiVersion: 'v1' })),
  )
}

function lifecycleWithDefaults(lifecycle: Lifecycle): Lifecycle {
  const handled = (handler: Handler) => within(handler, 'httpGet', httpGetWithDefaults)
  return within(within(lifecycle, 'postStart', handled), 'preStop', handled)
}

function probeWithDefaults(probe: Probe): Probe {
  const scalars = defaulted<Probe>(probe, {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })
  return within(within(scalars, 'httpGet', httpGetWithDefaults), 'grpc', (call) =>
    changed(call, { service: call.service ?? '' }),
  )
}

function httpGetWithDefaults(action: HttpGet): HttpGet {
  return defaulted(action, { path: '/', scheme: 'HTTP' })
}

const withHostPorts = remembering((containers: Containers) =>
  mapped(containers, (container) =>
    within(container, 'ports', (ports) =>
      mapped(ports, (port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort })),
    ),
  ),
)

/** Requests that are not made equal the limits. */
const withRequests = remembering((containers: Containers) =>
  mapped(containers, (container) =>
    within(container, 'resources', (resources) => {
      const { limits, requests } = resources
      if (limits === undefined || Object.keys(limits).every((name) => requests?.[name])) {
        return resources
      }
      return { ...resources, requests: { ...limits, ...requests } }
    }),
  ),
)

/** Resources of the pod as a whole: requests are those of the containers, else the limits. */
function podResources(
  resources: NonNullable<PodSpec['resources']>,
  containers: Containers,
): NonNullable<PodSpec['resources']> {
  const { limits, requests } = resources
  if (limits === undefined) return resources
  const missing = Object.keys(limits).filter(
    (name) => requests?.[name] === undefined && /^(cpu|memory|hugepages-.*)$/.test(name),
  )
  if (missing.length === 0) return resources
  const added = missing.map((name) => [name, requestOf(containers, name) ?? limits[name]])
  return { ...resources, requests: { ...requests, ...Object.fromEntries(added) } }
}

function requestOf(containers: Containers, name: string): string | undefined {
  const amounts = containers.flatMap(({ resources }) => resources?.requests?.[name] ?? [])
  const [first, ...rest] = amounts.map(parseQuantity)
  return first && formatQuantity(rest.reduce(addQuantities, first))
}
