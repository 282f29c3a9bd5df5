import { nameSuffix, type Random } from '../../kubernetes/random'
import type { Container, Pod, PodSpec, ServiceAccount } from '../../kubernetes/types'
import { deepFrozen } from '../json-body'
import { forbiddenTo } from '../refusals'
import type { Registry } from '../registry'
import { nameInRefusal } from './names'

/** Where containers find the token of their account. */
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

/**
 * Gives a pod its service account: the name, its pull secrets, and a volume with its token (API-187, API-210).
 *
 * @throws StatusError `Forbidden` while the account does not exist
 */
export function withServiceAccount(registry: Registry, pod: Pod): Pod {
  const { store } = registry
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return pod
  const { namespace } = pod.metadata
  const name = pod.spec.serviceAccountName || 'default'
  const account = store.get('ServiceAccount', namespace, name) as ServiceAccount | undefined
  if (account === undefined) {
    throw forbiddenTo(
      'Pod',
      nameInRefusal(pod),
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    )
  }
  const mounts = automounts(pod.spec, account) ? tokenMountsOf(pod.spec, registry) : undefined
  const spec = { ...pod.spec, serviceAccountName: name, serviceAccount: name, ...mounts }
  return { ...pod, spec: withPullSecrets(spec, account) }
}

function automounts(spec: PodSpec, account: ServiceAccount): boolean {
  // That there are no containers is for validation to say.
  if (spec.containers === undefined) return false
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
}

function withPullSecrets(spec: PodSpec, { imagePullSecrets = [] }: ServiceAccount): PodSpec {
  if (imagePullSecrets.length === 0 || (spec.imagePullSecrets ?? []).length > 0) return spec
  return { ...spec, imagePullSecrets }
}

/** The parts of a spec that the volume changes, before and after. */
type Mounted = Pick<PodSpec, 'containers' | 'initContainers' | 'volumes'>

/**
 * What adding the volume changes. What became of frozen containers is remembered, so that all pods of one template share their parts.
 * The random end of the volume's name is then the same for all of them; it means nothing outside the pod.
 */
function tokenMountsOf(spec: PodSpec, { random, remembered }: Registry): Mounted | undefined {
  const found = remembered.get(spec.containers) as
    | { readonly before: Mounted; readonly after: Mounted }
    | undefined
  if (
    found !== undefined &&
    found.before.volumes === spec.volumes &&
    found.before.initContainers === spec.initContainers
  ) {
    return found.after
  }
  const after = mounted(spec, random)
  if (after === undefined) return undefined
  if (Object.isFrozen(spec.containers)) {
    const { containers, initContainers, volumes } = spec
    remembered.set(containers, {
      before: { containers, ...optional({ initContainers, volumes }) },
      after: deepFrozen(after),
    })
  }
  return after
}

function mounted(spec: PodSpec, random: Random): Mounted | undefined {
  const { containers, initContainers, volumes = [] } = spec
  const all = [...containers, ...(initContainers ?? [])]
  if (all.every(hasTokenMount)) return undefined
  const name = `kube-api-access-${nameSuffix(random)}`
  const withMount = (container: Container): Container => {
    if (hasTokenMount(container)) return container
    const mount = { name, readOnly: true, mountPath: tokenPath }
    return { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }
  }
  return {
    containers: containers.map(withMount),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withMount) }),
    volumes: [...volumes, { name, projected: tokenSources }],
  }
}

function optional(parts: {
  readonly initContainers: PodSpec['initContainers'] | undefined
  readonly volumes: PodSpec['volumes'] | undefined
}): Partial<Mounted> {
  return {
    ...(parts.initContainers === undefined ? {} : { initContainers: parts.initContainers }),
    ...(parts.volumes === undefined ? {} : { volumes: parts.volumes }),
  }
}

function hasTokenMount({ volumeMounts = [] }: Container): boolean {
  return volumeMounts.some(({ mountPath }) => mountPath === tokenPath)
}

/** What a token volume holds: the token, the cluster's certificate and the name of the namespace. */
const tokenSources = deepFrozen({
  defaultMode: 0o644,
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
    {
      downwardAPI: {
        items: [
          { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' },
        ],
      },
    },
  ],
})
