import type { Draft, Kind } from '../kubernetes/types'

/** An object that every cluster has from the start. */
export interface Furniture {
  readonly kind: Kind
  readonly draft: Draft
}

/** What exists in a cluster before anybody has asked for anything (API-209, API-215). */
export const furniture: readonly Furniture[] = [
  ...['kube-system', 'kube-public', 'kube-node-lease', 'default'].map(
    (name): Furniture => ({ kind: 'Namespace', draft: { metadata: { name } } }),
  ),
  priorityClass('system-cluster-critical', 2_000_000_000, {
    description: 'For pods that the cluster needs, on whichever node.',
  }),
  priorityClass('system-node-critical', 2_000_001_000, {
    description: 'For pods that their node needs.',
  }),
  {
    kind: 'Service',
    draft: {
      metadata: {
        namespace: 'default',
        name: 'kubernetes',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: {
        clusterIP: '10.96.0.1',
        clusterIPs: ['10.96.0.1'],
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
        sessionAffinity: 'None',
        type: 'ClusterIP',
      },
    },
  },
]

function priorityClass(
  name: string,
  value: number,
  { description }: { readonly description: string },
): Furniture {
  return {
    kind: 'PriorityClass',
    draft: {
      metadata: { name },
      value,
      description,
      globalDefault: false,
      preemptionPolicy: 'PreemptLowerPriority',
    },
  }
}
