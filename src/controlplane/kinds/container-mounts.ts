import type { Container } from '../../kubernetes/types'
import { checkChoice, checkPresent, type Problems } from './checks'
import { forbidden, invalidValue, notFound } from './field-error'
import { checkRelativePath, hasStepsUp } from './paths'
import type { Volume } from './volume-sources'

type Mount = NonNullable<Container['volumeMounts']>[number]

/** Mounts of volumes that exist, each at a place of its own. */
export function checkVolumeMounts(
  problems: Problems,
  path: string,
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
): void {
  const devices = container.volumeDevices ?? []
  const taken = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}[${index}]`
    const { name = '', mountPath = '' } = mount
    checkPresent(problems, `${at}.name`, name)
    if (!volumes.has(name)) problems.push(notFound(`${at}.name`, name))
    checkPresent(problems, `${at}.mountPath`, mountPath)
    if (taken.has(mountPath)) {
      problems.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'))
    }
    taken.add(mountPath)
    if (devices.some((device) => (device.name ?? '') === name)) {
      problems.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'))
    }
    if (devices.some(({ devicePath = '' }) => devicePath === mountPath)) {
      const detail = 'must not already exist as a path in volumeDevices'
      problems.push(invalidValue(`${at}.mountPath`, mountPath, detail))
    }
    checkSubPaths(problems, { at, list: path }, mount)
    checkPropagation(problems, path, mount, container)
  }
}

/** Volumes as raw block devices, which only claims can be. */
export function checkVolumeDevices(
  problems: Problems,
  path: string,
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
): void {
  const mounts = container.volumeMounts ?? []
  const names = new Set<string>()
  const places = new Set<string>()
  for (const [index, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}[${index}]`
    const wrongName = (detail: string) => problems.push(invalidValue(`${at}.name`, name, detail))
    const wrongPath = (detail: string) =>
      problems.push(invalidValue(`${at}.devicePath`, devicePath, detail))
    checkPresent(problems, `${at}.name`, name)
    if (names.has(name)) wrongName('must be unique')
    checkIsClaim(problems, `${at}.name`, name, volumes)
    checkPresent(problems, `${at}.devicePath`, devicePath)
    if (places.has(devicePath)) wrongPath('must be unique')
    if (hasStepsUp(devicePath)) wrongPath("can not contain backsteps ('..')")
    else places.add(devicePath)
    if (mounts.some((mount) => (mount.name ?? '') === name)) {
      wrongName('must not already exist in volumeMounts')
    }
    if (mounts.some(({ mountPath = '' }) => mountPath === devicePath)) {
      wrongPath('must not already exist as a path in volumeMounts')
    }
    names.add(name)
  }
}

function checkIsClaim(
  problems: Problems,
  path: string,
  name: string,
  volumes: ReadonlyMap<string, Volume>,
): void {
  const volume = volumes.get(name)
  if (volume === undefined) problems.push(notFound(path, name))
  else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
    const detail =
      'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
    problems.push(invalidValue(path, name, detail))
  }
}

/** Paths below the volume; the API tells these problems at the list, not at its item. */
function checkSubPaths(
  problems: Problems,
  paths: { readonly at: string; readonly list: string },
  { subPath, subPathExpr }: Mount,
): void {
  if (subPath) checkRelativePath(problems, `${paths.list}.subPath`, subPath)
  if (!subPathExpr) return
  if (subPath) {
    const detail = 'subPathExpr and subPath are mutually exclusive'
    problems.push(invalidValue(`${paths.at}.subPathExpr`, subPathExpr, detail))
  }
  checkRelativePath(problems, `${paths.list}.subPathExpr`, subPathExpr)
}

function checkPropagation(
  problems: Problems,
  path: string,
  mount: Mount,
  container: Container,
): void {
  const { mountPropagation, recursiveReadOnly, readOnly } = mount
  const at = `${path}.mountPropagation`
  checkChoice(problems, at, mountPropagation, ['Bidirectional', 'HostToContainer', 'None'])
  if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    const detail = 'Bidirectional mount propagation is available only to privileged containers'
    problems.push(forbidden(at, detail))
  }
  const recursive = `${path}.recursiveReadOnly`
  checkChoice(problems, recursive, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') return
  if (readOnly !== true) {
    problems.push(forbidden(recursive, 'may only be specified when readOnly is true'))
  }
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    const detail = 'may only be specified when mountPropagation is None or not specified'
    problems.push(forbidden(recursive, detail))
  }
}
