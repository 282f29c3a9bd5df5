import type { Container, PodSpec } from '../../kubernetes/types'

/** The levels that forbid anything. */
export type PodSecurityLevel = 'baseline' | 'restricted'

/** What is wrong with a pod at a level, in the words of the Pod Security admission (API-214). */
export function violationsOf(spec: PodSpec, level: PodSecurityLevel): readonly string[] {
  const checks = level === 'baseline' ? baseline : [...baseline, ...restricted]
  return checks.map((check) => check(spec)).filter((text) => text !== '')
}

type Check = (spec: PodSpec) => string

const baseline: readonly Check[] = [
  nonDefaultCapabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  unconfinedSeccomp,
]

const restricted: readonly Check[] = [
  privilegeEscalation,
  unrestrictedCapabilities,
  restrictedVolumes,
  rootAllowed,
  rootUser,
  missingSeccomp,
]

/** The capabilities that containers may add under `baseline`. */
const defaultCapabilities: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

function nonDefaultCapabilities(spec: PodSpec): string {
  const extra = new Set<string>()
  const names = containersThat(spec, ({ securityContext }) => {
    const found = (securityContext?.capabilities?.add ?? []).filter(
      (capability) => !defaultCapabilities.has(capability),
    )
    for (const capability of found) extra.add(capability)
    return found.length > 0
  })
  if (names.length === 0) return ''
  const list = quotedList([...extra].sort())
  return `non-default capabilities (${containers(names)} must not include ${list} in securityContext.capabilities.add)`
}

function hostNamespaces({ hostNetwork, hostPID, hostIPC }: PodSpec): string {
  const used = Object.entries({ hostNetwork, hostPID, hostIPC })
    .filter(([, value]) => value === true)
    .map(([name]) => `${name}=true`)
  return used.length === 0 ? '' : `host namespaces (${used.join(', ')})`
}

function hostPathVolumes({ volumes = [] }: PodSpec): string {
  const names = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
  return names.length === 0 ? '' : `hostPath volumes (${counted('volume', names)})`
}

function hostPorts(spec: PodSpec): string {
  const ports = new Set<number>()
  const names = containersThat(spec, ({ ports: declared = [] }) => {
    const found = declared.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]))
    for (const port of found) ports.add(port)
    return found.length > 0
  })
  if (names.length === 0) return ''
  const list = [...ports].sort((a, b) => a - b).join(', ')
  const verb = names.length === 1 ? 'uses' : 'use'
  return `hostPort (${containers(names)} ${verb} hostPort${ports.size === 1 ? '' : 's'} ${list})`
}

function privileged(spec: PodSpec): string {
  const names = containersThat(spec, ({ securityContext }) => securityContext?.privileged === true)
  if (names.length === 0) return ''
  return `privileged (${containers(names)} must not set securityContext.privileged=true)`
}

function unconfinedSeccomp(spec: PodSpec): string {
  const isUnconfined = (profile: { readonly type: string } | undefined) =>
    profile?.type === 'Unconfined'
  const names = containersThat(spec, ({ securityContext }) =>
    isUnconfined(securityContext?.seccompProfile),
  )
  const subjects = [
    ...(isUnconfined(spec.securityContext?.seccompProfile) ? ['pod'] : []),
    ...(names.length === 0 ? [] : [containers(names)]),
  ]
  if (subjects.length === 0) return ''
  return `seccompProfile (${subjects.join(' and ')} must not set securityContext.seccompProfile.type to "Unconfined")`
}

function privilegeEscalation(spec: PodSpec): string {
  const names = containersThat(
    spec,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  )
  if (names.length === 0) return ''
  return `allowPrivilegeEscalation != false (${containers(names)} must set securityContext.allowPrivilegeEscalation=false)`
}

function unrestrictedCapabilities(spec: PodSpec): string {
  const keeping = containersThat(
    spec,
    ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
  )
  const adding = containersThat(spec, ({ securityContext }) =>
    (securityContext?.capabilities?.add ?? []).some((name) => name !== 'NET_BIND_SERVICE'),
  )
  const texts = [
    ...(keeping.length === 0
      ? []
      : [`${containers(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [
          `${containers(adding)} must not include anything but "NET_BIND_SERVICE" in securityContext.capabilities.add`,
        ]),
  ]
  return texts.length === 0 ? '' : `unrestricted capabilities (${texts.join('; ')})`
}

const allowedVolumes: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

function restrictedVolumes({ volumes = [] }: PodSpec): string {
  const types = new Set<string>()
  const names: string[] = []
  for (const { name, ...source } of volumes) {
    const type = Object.keys(source).find((key) => !allowedVolumes.has(key))
    if (type === undefined) continue
    names.push(name)
    types.add(type)
  }
  if (names.length === 0) return ''
  const list = quotedList([...types].sort())
  const verb = names.length === 1 ? 'uses' : 'use'
  const type = types.size === 1 ? 'type' : 'types'
  return `restricted volume types (${counted('volume', names)} ${verb} restricted volume ${type} ${list})`
}

function rootAllowed(spec: PodSpec): string {
  const podSays = spec.securityContext?.runAsNonRoot
  const names = containersThat(
    spec,
    ({ securityContext }) => (securityContext?.runAsNonRoot ?? podSays) !== true,
  )
  if (names.length === 0) return ''
  const subject = podSays === true ? containers(names) : `pod or ${containers(names)}`
  return `runAsNonRoot != true (${subject} must set securityContext.runAsNonRoot=true)`
}

function rootUser(spec: PodSpec): string {
  const names = containersThat(spec, ({ securityContext }) => securityContext?.runAsUser === 0)
  const subjects = [
    ...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []),
    ...(names.length === 0 ? [] : [containers(names)]),
  ]
  if (subjects.length === 0) return ''
  return `runAsUser=0 (${subjects.join(' and ')} must not set runAsUser=0)`
}

function missingSeccomp(spec: PodSpec): string {
  const podType = spec.securityContext?.seccompProfile?.type
  const names = containersThat(spec, ({ securityContext }) => {
    const type = securityContext?.seccompProfile?.type ?? podType
    return type !== 'RuntimeDefault' && type !== 'Localhost'
  })
  if (names.length === 0) return ''
  const subject = podType === undefined ? `pod or ${containers(names)}` : containers(names)
  return `seccompProfile (${subject} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`
}

function containersThat(spec: PodSpec, test: (container: Container) => boolean): string[] {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  return all.filter(test).map(({ name }) => name)
}

function containers(names: readonly string[]): string {
  return counted('container', names)
}

function counted(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${quotedList(names)}`
}

function quotedList(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(', ')
}
