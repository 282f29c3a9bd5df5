import type { Service } from '../../kubernetes/types'
import {
  ageColumn,
  ageOf,
  formatLabels,
  nameColumn,
  orNone,
  type Printer,
  text,
  wide,
} from './columns'

type Spec = NonNullable<Service['spec']>

/** Services (TABLE-25). */
export const servicePrinter: Printer<Service> = {
  columns: [
    nameColumn,
    text('Type', 'How the service can be reached.'),
    text('Cluster-IP', 'Address inside the cluster.'),
    text('External-IP', 'Addresses outside the cluster.'),
    text('Port(s)', 'Ports, with those on the nodes and the protocol.'),
    ageColumn,
    wide(text('Selector', 'Labels by which the pods behind the service are found.')),
  ],
  cellsOf(service, now) {
    const { spec = {} } = service
    return [
      service.metadata.name,
      spec.type ?? '',
      orNone(spec.clusterIPs?.[0] ?? spec.clusterIP),
      externalAddresses(service, spec),
      portsOf(spec),
      ageOf(service, now),
      formatLabels(spec.selector),
    ]
  },
}

function externalAddresses({ status }: Service, spec: Spec): string {
  const given = spec.externalIPs ?? []
  switch (spec.type) {
    case 'ExternalName':
      return spec.externalName ?? ''
    case 'ClusterIP':
    case 'NodePort':
      return orNone(given.join(','))
    case 'LoadBalancer': {
      const ingress = (status?.loadBalancer?.ingress ?? []).flatMap(
        ({ ip, hostname }) => ip || hostname || [],
      )
      return [...[...new Set(ingress)].sort(), ...given].join(',') || '<pending>'
    }
    default:
      return '<unknown>'
  }
}

function portsOf({ ports = [] }: Spec): string {
  return orNone(
    ports
      .map(({ port, nodePort, protocol }) =>
        nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
      )
      .join(','),
  )
}
