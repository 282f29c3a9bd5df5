import type { Container, PodSpec } from '../../kubernetes/types'
import { checkDnsLabel, checkDnsSubdomain, checkPresent, type Problems } from './checks'
import { duplicate, forbidden, invalidValue, notFound } from './field-error'

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const

/** Every container of a pod with its path, in the order in which they start. */
export function containersOf(
  spec: PodSpec,
  path: string,
): readonly (readonly [path: string, container: Container])[] {
  return lists.flatMap((list) =>
    (spec[list] ?? []).map((container, index): readonly [string, Container] => [
      `${path}.${list}[${index}]`,
      container,
    ]),
  )
}

/** Variables read from files must name an empty directory of the pod. */
export function checkFileVolumes(problems: Problems, path: string, spec: PodSpec): void {
  for (const [at, { env }] of containersOf(spec, path)) {
    for (const [index, { valueFrom }] of (env ?? []).entries()) {
      if (valueFrom?.fileKeyRef === undefined) continue
      const { volumeName: name = '' } = valueFrom.fileKeyRef
      const field = `${at}.env[${index}].valueFrom.fileKeyRef.volumeName`
      const volume = spec.volumes?.find((candidate) => (candidate.name ?? '') === name)
      if (volume === undefined) problems.push(notFound(field, name))
      else if (volume.emptyDir === undefined) {
        problems.push(invalidValue(field, name, 'referenced volume must be of type emptyDir'))
      }
    }
  }
}

/** A pod with users of its own cannot share the host's namespaces. */
export function checkUserNamespace(problems: Problems, path: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return
  const detail = 'when `hostUsers` is false'
  if (spec.hostNetwork === true) problems.push(forbidden(`${path}.hostNetwork`, detail))
  if (spec.hostPID === true) problems.push(forbidden(`${path}.HostPID`, detail))
  if (spec.hostIPC === true) problems.push(forbidden(`${path}.HostIPC`, detail))
  for (const [at, { volumeDevices }] of containersOf(spec, path)) {
    if (volumeDevices !== undefined) problems.push(forbidden(`${at}.volumeDevices`, detail))
  }
}

/** Claims of dynamic resources: a name, and one place that it comes from. */
export function checkResourceClaims(
  problems: Problems,
  path: string,
  claims: NonNullable<PodSpec['resourceClaims']>,
): void {
  const seen = new Set<string>()
  for (const [index, claim] of claims.entries()) {
    const at = `${path}[${index}]`
    if (checkPresent(problems, `${at}.name`, claim.name)) {
      if (seen.has(claim.name)) problems.push(duplicate(`${at}.name`, claim.name))
      else checkDnsLabel(problems, `${at}.name`, claim.name)
      seen.add(claim.name)
    }
    checkClaimSource(problems, at, claim)
  }
}

function checkClaimSource(
  problems: Problems,
  path: string,
  claim: NonNullable<PodSpec['resourceClaims']>[number],
): void {
  const sources = (['resourceClaimName', 'resourceClaimTemplateName'] as const).flatMap((field) => {
    const name = claim[field]
    return name === undefined ? [] : [{ field, name }]
  })
  if (sources.length > 1) {
    const detail =
      'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
    problems.push(invalidValue(path, shownClaim(claim), detail))
  } else if (sources.length === 0) {
    const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
    problems.push(invalidValue(path, shownClaim(claim), detail))
  }
  for (const { field, name } of sources) checkDnsSubdomain(problems, `${path}.${field}`, name)
}

/** A claim as messages show it: in the server's own form. */
function shownClaim(claim: NonNullable<PodSpec['resourceClaims']>[number]): object {
  return {
    Name: claim.name ?? '',
    ResourceClaimName: claim.resourceClaimName ?? null,
    ResourceClaimTemplateName: claim.resourceClaimTemplateName ?? null,
  }
}

/** Tokens of a service account in a pod that has none (only a pod that skipped admission). */
export function checkTokensHaveAccount(problems: Problems, path: string, spec: PodSpec): void {
  if (spec.serviceAccountName) return
  for (const [index, { projected }] of (spec.volumes ?? []).entries()) {
    for (const [sourceIndex, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken === undefined) continue
      const at = `${path}.volumes[${index}].projected.sources[${sourceIndex}].serviceAccountToken`
      problems.push(forbidden(at, 'must not be specified when serviceAccountName is not set'))
    }
  }
}
