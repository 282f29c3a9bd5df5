import type { PodSpec } from '../../kubernetes/types'
import type { Problems } from './checks'
import { forbidden, notSupported, required } from './field-error'

/** What a pod for Windows may not have; all of it is about Linux. */
export function checkOperatingSystem(problems: Problems, path: string, spec: PodSpec): void {
  const { os } = spec
  if (os === undefined) return
  if (!os.name) {
    problems.push(required(`${path}.os.name`))
    return
  }
  if (os.name !== 'linux' && os.name !== 'windows') {
    problems.push(notSupported(`${path}.os`, os.name, ['linux', 'windows']))
    return
  }
  const [fields, podFields, detail] = os.name === 'linux' ? linuxRules : windowsRules
  checkUnset(problems, `${path}.securityContext`, spec.securityContext, { fields, detail })
  checkUnset(problems, path, spec, { fields: podFields, detail })
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, { securityContext }] of (spec[list] ?? []).entries()) {
      const at = `${path}.${list}[${index}].securityContext`
      checkUnset(problems, at, securityContext, { fields, detail })
    }
  }
}

type OperatingSystemRules = readonly [readonly string[], readonly string[], string]

const linuxRules: OperatingSystemRules = [
  ['windowsOptions'],
  [],
  'windows options cannot be set for a linux pod',
]

const windowsRules: OperatingSystemRules = [
  [
    'appArmorProfile',
    'seLinuxOptions',
    'seccompProfile',
    'fsGroup',
    'fsGroupChangePolicy',
    'sysctls',
    'capabilities',
    'readOnlyRootFilesystem',
    'privileged',
    'allowPrivilegeEscalation',
    'procMount',
    'runAsUser',
    'runAsGroup',
    'supplementalGroups',
    'supplementalGroupsPolicy',
    'seLinuxChangePolicy',
  ],
  ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'],
  'cannot be set for a windows pod',
]

function checkUnset(
  problems: Problems,
  path: string,
  object: object | undefined,
  { fields, detail }: { readonly fields: readonly string[]; readonly detail: string },
): void {
  for (const field of fields) {
    if (object !== undefined && Object.hasOwn(object, field)) {
      problems.push(forbidden(`${path}.${field}`, detail))
    }
  }
}
