/** The steps of the start of a kube-apiserver 1.36; clients wait for some of them by name, all are done before one can ask. */
const startHooks: readonly string[] = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
]

const started: readonly string[] = [
  ...startHooks.map((name) => `poststarthook/${name}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

const alive: readonly string[] = ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...started]

/** What the health paths check, in the order in which they say so. */
const checks: Readonly<Record<string, readonly string[]>> = {
  healthz: alive,
  livez: alive,
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...started, 'shutdown'],
}

/** What a health path answers: text, and a code. */
export interface Health {
  readonly code: 200 | 404
  readonly text: string
}

/** Answers `/healthz`, `/livez` and `/readyz`, with or without the name of one check (DISC-03, DISC-04). */
export function healthOf(path: string, parameters: URLSearchParams): Health | undefined {
  const match = /^\/(healthz|livez|readyz)(?:\/(.*))?$/.exec(path.replace(/(.)\/$/, '$1'))
  if (match === null) return undefined
  const [, endpoint = '', check] = match
  const names = checks[endpoint] ?? []
  if (check !== undefined && check !== '') {
    return names.includes(check)
      ? { code: 200, text: 'ok' }
      : { code: 404, text: '404 page not found\n' }
  }
  if (!parameters.has('verbose')) return { code: 200, text: 'ok' }
  const excluded = new Set(parameters.getAll('exclude'))
  const lines = names.map((name) =>
    excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`,
  )
  const unknown = [...excluded].filter((name) => !names.includes(name)).map((name) => `"${name}"`)
  if (unknown.length > 0) {
    lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown.join(',')}`)
  }
  return { code: 200, text: `${lines.join('\n')}\n${endpoint} check passed\n` }
}
