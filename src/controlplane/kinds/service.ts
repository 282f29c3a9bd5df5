import { dns1123LabelErrors } from '../../kubernetes/names'
import type { Service } from '../../kubernetes/types'
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkFormat,
  checkLabels,
  checkQualifiedName,
  checkRequiredChoice,
  type Problems,
} from './checks'
import { checkPort } from './container-handlers'
import { duplicate, forbidden, invalidValue, required } from './field-error'
import { addressErrors, portNumberErrors } from './formats'
import { strategyOf } from './generic'
import type { Strategy } from './strategy'
import { changed, defaulted, mapped } from './structure'

type Spec = NonNullable<Service['spec']>
type Port = NonNullable<Spec['ports']>[number]

const affinitySeconds = { default: 10_800, longest: 86_400 } as const

/** How the API server treats services. Addresses and node ports are given by the server, not here. */
export const serviceStrategy: Strategy<Service> = strategyOf<Service>({
  names: { namespaced: true, nameErrors: dns1123LabelErrors },
  defaults: (service) =>
    changed(service, {
      spec: specWithDefaults(service.spec ?? {}),
      status: changed(service.status ?? {}, {
        loadBalancer: service.status?.loadBalancer ?? {},
      }),
    }),
  prepareForCreate: (service) => changed(service, { status: { loadBalancer: {} } }),
  prepareForUpdate(service, previous, subresource) {
    if (subresource === 'status') return changed(service, { spec: previous.spec })
    const { clusterIP, clusterIPs, type } = previous.spec ?? {}
    // Addresses left out of an update are kept, as long as the type of service has any.
    const keeps = type !== 'ExternalName' && service.spec?.type !== 'ExternalName'
    const spec = keeps
      ? defaulted<Spec>(service.spec ?? {}, {
          ...(clusterIP !== undefined && { clusterIP }),
          ...(clusterIPs !== undefined && { clusterIPs }),
        })
      : service.spec
    return changed(service, { spec, status: previous.status })
  },
  check: (problems, { spec = {} }) => checkSpec(problems, spec),
  checkUpdate(problems, { spec = {} }, { spec: previous = {} }) {
    const before = previous.clusterIPs?.[0]
    const typed = spec.type !== 'ExternalName' && previous.type !== 'ExternalName'
    if (typed && before && spec.clusterIPs?.[0] !== before) {
      const detail = 'may not change once set'
      problems.push(invalidValue('spec.clusterIPs[0]', spec.clusterIPs ?? null, detail))
    }
    checkSpec(problems, spec)
  },
})

function specWithDefaults(spec: Spec): Spec {
  const { type = 'ClusterIP', sessionAffinity = 'None', clusterIP, clusterIPs } = spec
  const external = type === 'NodePort' || type === 'LoadBalancer'
  const addresses = clusterIPs ?? (clusterIP ? [clusterIP] : undefined)
  const scalars = defaulted<Spec>(spec, {
    type,
    sessionAffinity,
    ...(external && { externalTrafficPolicy: 'Cluster' }),
    ...(type !== 'ExternalName' && {
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
    }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
  })
  return changed(scalars, {
    clusterIP: clusterIP || addresses?.[0] || undefined,
    clusterIPs: addresses,
    ports: scalars.ports && mapped(scalars.ports, portWithDefaults),
    ...(sessionAffinity === 'None' && { sessionAffinityConfig: undefined }),
    ...(sessionAffinity === 'ClientIP' &&
      spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined && {
        sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds.default } },
      }),
  })
}

function portWithDefaults(port: Port): Port {
  return changed(defaulted(port, { protocol: 'TCP' }), {
    targetPort: port.targetPort || (port.port ?? 0),
  })
}

function checkSpec(problems: Problems, spec: Spec): void {
  const { type, ports = [], selector, sessionAffinity } = spec
  const headless = spec.clusterIPs?.[0] === 'None'
  if (ports.length === 0 && !headless && type !== 'ExternalName') {
    problems.push(required('spec.ports'))
  }
  checkType(problems, spec, headless)
  checkPorts(problems, ports)
  checkLabels(problems, 'spec.selector', selector)
  checkRequiredChoice(problems, 'spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds !== undefined && (seconds <= 0 || seconds > affinitySeconds.longest)) {
    const at = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds'
    const detail = `must be greater than 0 and less than ${affinitySeconds.longest}`
    problems.push(invalidValue(at, seconds, detail))
  }
  for (const [index, address] of (spec.clusterIPs ?? []).entries()) {
    if (address === 'None') continue
    checkFormat(problems, `spec.clusterIPs[${index}]`, address, addressErrors(address))
  }
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    checkFormat(problems, `spec.externalIPs[${index}]`, address, addressErrors(address))
  }
  checkRequiredChoice(problems, 'spec.type', type, [
    'ClusterIP',
    'ExternalName',
    'LoadBalancer',
    'NodePort',
  ])
  checkNodePorts(problems, type, ports)
}

function checkType(problems: Problems, spec: Spec, headless: boolean): void {
  const { type } = spec
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    const detail = `may not be set to 'None' for ${type} services`
    problems.push(invalidValue('spec.clusterIPs[0]', 'None', detail))
  }
  if (type !== 'ExternalName') return
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const) {
    if (spec[field] === undefined) continue
    problems.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'))
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') problems.push(required('spec.externalName'))
  else checkDnsSubdomain(problems, 'spec.externalName', name)
}

function checkPorts(problems: Problems, ports: readonly Port[]): void {
  const names = new Set<string>()
  for (const [index, { name, port = 0, protocol, targetPort, appProtocol }] of ports.entries()) {
    const at = `spec.ports[${index}]`
    if (!name) {
      if (ports.length > 1) problems.push(required(`${at}.name`))
    } else {
      checkDnsLabel(problems, `${at}.name`, name)
      if (names.has(name)) problems.push(duplicate(`${at}.name`, name))
      names.add(name)
    }
    checkFormat(problems, `${at}.port`, port, portNumberErrors(port))
    checkRequiredChoice(problems, `${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'])
    checkPort(problems, `${at}.targetPort`, targetPort)
    if (appProtocol !== undefined) {
      checkQualifiedName(problems, `${at}.appProtocol`, appProtocol)
    }
  }
}

function checkNodePorts(
  problems: Problems,
  type: string | undefined,
  ports: readonly Port[],
): void {
  const taken = new Set<string>()
  const seen = new Set<string>()
  for (const [index, { nodePort, protocol = '', port }] of ports.entries()) {
    const at = `spec.ports[${index}]`
    if (nodePort && type === 'ClusterIP') {
      problems.push(forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"))
    }
    if (nodePort && taken.has(`${protocol}/${nodePort}`)) {
      problems.push(duplicate(`${at}.nodePort`, nodePort))
    }
    if (nodePort) taken.add(`${protocol}/${nodePort}`)
    if (seen.has(`${protocol}/${port}`)) problems.push(duplicate(at, shownPort(protocol, port)))
    seen.add(`${protocol}/${port}`)
  }
}

/** A port as messages show it: in the server's own form. */
function shownPort(protocol: string, port: number): object {
  return {
    Name: '',
    Protocol: protocol,
    AppProtocol: null,
    Port: port,
    TargetPort: 0,
    NodePort: 0,
  }
}
