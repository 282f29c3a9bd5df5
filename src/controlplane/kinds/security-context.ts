import type { Container, PodSpec } from '../../kubernetes/types'
import { checkChoice, checkFormat, type Problems } from './checks'
import { duplicate, invalidValue, notSupported, required, tooLong } from './field-error'
import { idErrors } from './formats'
import { checkRelativePath } from './paths'
import { checkWindowsOptions } from './windows-options'

type SecurityContext = NonNullable<Container['securityContext']>
type PodSecurityContext = NonNullable<PodSpec['securityContext']>
type SeccompProfile = NonNullable<SecurityContext['seccompProfile']>
type AppArmorProfile = NonNullable<SecurityContext['appArmorProfile']>

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

/** The security context of a container. */
export function checkSecurityContext(
  problems: Problems,
  path: string,
  context: SecurityContext | undefined,
  pod: { readonly hostUsers: boolean },
): void {
  if (context === undefined) return
  checkId(problems, `${path}.runAsUser`, context.runAsUser)
  checkId(problems, `${path}.runAsGroup`, context.runAsGroup)
  checkProcMount(problems, `${path}.procMount`, context.procMount, pod)
  checkSeccompProfile(problems, `${path}.seccompProfile`, context.seccompProfile)
  checkEscalation(problems, path, context)
  checkWindowsOptions(problems, `${path}.windowsOptions`, context.windowsOptions)
  checkAppArmorProfile(problems, `${path}.appArmorProfile`, context.appArmorProfile)
}

/** The security context of a pod. */
export function checkPodSecurityContext(
  problems: Problems,
  path: string,
  spec: Pick<
    PodSpec,
    'securityContext' | 'hostPID' | 'hostNetwork' | 'hostIPC' | 'shareProcessNamespace'
  >,
): void {
  const { securityContext: context } = spec
  if (context === undefined) return
  checkId(problems, `${path}.fsGroup`, context.fsGroup)
  checkId(problems, `${path}.runAsUser`, context.runAsUser)
  checkId(problems, `${path}.runAsGroup`, context.runAsGroup)
  for (const [index, group] of (context.supplementalGroups ?? []).entries()) {
    checkId(problems, `${path}.supplementalGroups[${index}]`, group)
  }
  if (spec.hostPID === true && spec.shareProcessNamespace === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled'
    problems.push(invalidValue(`${path}.shareProcessNamespace`, true, detail))
  }
  checkSysctls(problems, `${path}.sysctls`, context, spec)
  checkChoice(problems, `${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, [
    'Always',
    'OnRootMismatch',
  ])
  checkSeccompProfile(problems, `${path}.seccompProfile`, context.seccompProfile)
  checkWindowsOptions(problems, `${path}.windowsOptions`, context.windowsOptions)
  checkAppArmorProfile(problems, `${path}.appArmorProfile`, context.appArmorProfile)
  checkChoice(problems, `${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, [
    'Merge',
    'Strict',
  ])
  // `MountOption` is behind a gate that is off.
  checkChoice(problems, `${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive'])
}

function checkId(problems: Problems, path: string, id: number | undefined): void {
  if (id !== undefined) checkFormat(problems, path, id, idErrors(id))
}

function checkProcMount(
  problems: Problems,
  path: string,
  procMount: string | undefined,
  { hostUsers }: { readonly hostUsers: boolean },
): void {
  checkChoice(problems, path, procMount, ['Default', 'Unmasked'])
  if (procMount === 'Unmasked' && hostUsers) {
    problems.push(invalidValue(path, procMount, '`hostUsers` must be false to use `Unmasked`'))
  }
}

/** A container that may do everything cannot be kept from gaining more. */
function checkEscalation(problems: Problems, path: string, context: SecurityContext): void {
  if (context.allowPrivilegeEscalation !== false) return
  if (context.privileged === true) {
    problems.push(
      invalidValue(
        path,
        shown(context),
        'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ),
    )
  }
  for (const capability of context.capabilities?.add ?? []) {
    if (capability !== 'CAP_SYS_ADMIN') continue
    problems.push(
      invalidValue(
        path,
        shown(context),
        'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
      ),
    )
  }
}

/** The context as messages show it: in the server's own form. */
function shown(context: SecurityContext): object {
  const { capabilities, seccompProfile, appArmorProfile, seLinuxOptions, windowsOptions } = context
  return {
    Capabilities: capabilities
      ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null }
      : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: seLinuxOptions ?? null,
    WindowsOptions: windowsOptions ?? null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: shownProfile(seccompProfile),
    AppArmorProfile: shownProfile(appArmorProfile),
  }
}

function shownProfile(profile: SeccompProfile | undefined): object | null {
  if (profile === undefined) return null
  return { Type: profile.type ?? '', LocalhostProfile: profile.localhostProfile ?? null }
}

function checkSeccompProfile(
  problems: Problems,
  path: string,
  profile: SeccompProfile | undefined,
): void {
  if (profile === undefined) return
  const { type, localhostProfile } = profile
  if (!type) {
    problems.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  } else checkChoice(problems, `${path}.type`, type, profileTypes)
  const at = `${path}.localhostProfile`
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return
    const detail = 'can only be set when seccomp type is Localhost'
    problems.push(invalidValue(at, shownProfile(profile), detail))
  } else if (localhostProfile === undefined) {
    problems.push(required(at, 'must be set when seccomp type is Localhost'))
  } else checkRelativePath(problems, at, localhostProfile)
}

const appArmorProfileBytes = 4095

function checkAppArmorProfile(
  problems: Problems,
  path: string,
  profile: AppArmorProfile | undefined,
): void {
  if (profile === undefined) return
  const { type, localhostProfile } = profile
  const at = `${path}.localhostProfile`
  if (!type) {
    problems.push(required(`${path}.type`, 'type is required when appArmorProfile is set'))
  } else if (!profileTypes.includes(type)) {
    problems.push(notSupported(`${path}.type`, type, profileTypes))
  } else if (type !== 'Localhost') {
    if (localhostProfile === undefined) return
    const detail = 'can only be set when AppArmor type is Localhost'
    problems.push(invalidValue(at, localhostProfile, detail))
  } else if (localhostProfile === undefined || localhostProfile === '') {
    problems.push(required(at, 'must be set when AppArmor type is Localhost'))
  } else {
    if (localhostProfile.trim() !== localhostProfile) {
      problems.push(invalidValue(at, localhostProfile, 'must not be padded with whitespace'))
    }
    if (localhostProfile.length > appArmorProfileBytes) {
      problems.push(tooLong(at, appArmorProfileBytes))
    }
  }
}

const sysctlPattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const sysctlExpression = new RegExp(sysctlPattern)
const sysctlLength = 253

function checkSysctls(
  problems: Problems,
  path: string,
  { sysctls }: PodSecurityContext,
  pod: Pick<PodSpec, 'hostNetwork' | 'hostIPC'>,
): void {
  const names = new Set<string>()
  for (const [index, { name }] of (sysctls ?? []).entries()) {
    const at = `${path}[${index}].name`
    if (!name) problems.push(required(at))
    else if (name.length > sysctlLength || !sysctlExpression.test(name)) {
      const detail = `must have at most ${sysctlLength} characters and match regex ${sysctlPattern}`
      problems.push(invalidValue(at, name, detail))
    } else if (names.has(name)) problems.push(duplicate(at, name))
    checkSysctlOfHost(problems, at, name ?? '', pod)
    names.add(name)
  }
}

/** A pod in the host's network or IPC namespace may not set that namespace's parameters. */
function checkSysctlOfHost(
  problems: Problems,
  path: string,
  name: string,
  { hostNetwork, hostIPC }: Pick<PodSpec, 'hostNetwork' | 'hostIPC'>,
): void {
  const dotted = name.replaceAll('/', '.')
  if (hostNetwork === true && dotted.startsWith('net.')) {
    const detail = "may not be specified when 'hostNetwork' is true"
    problems.push(invalidValue(path, name, detail))
  } else if (hostIPC === true && /^(kernel\.(sem$|msg|shm)|fs\.mqueue\.)/.test(dotted)) {
    problems.push(invalidValue(path, name, "may not be specified when 'hostIPC' is true"))
  }
}
