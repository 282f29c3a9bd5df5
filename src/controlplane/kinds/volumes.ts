import { checkDnsLabel, checkPresent, type Problems } from './checks'
import { duplicate, forbidden, invalidValue, required } from './field-error'
import { type Source, sources, type Volume } from './volume-sources'

/**
 * All that can be wrong with the volumes of a pod; gives back those that are in order, by name.
 *
 * `podName` is known for pods, not for templates.
 */
export function checkVolumes(
  problems: Problems,
  path: string,
  volumes: readonly Volume[],
  podName: string | undefined,
): ReadonlyMap<string, Volume> {
  const good = new Map<string, Volume>()
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`
    const found: Problems = []
    checkSource(found, at, volume, podName)
    if (checkPresent(found, `${at}.name`, volume.name)) {
      checkDnsLabel(found, `${at}.name`, volume.name)
    }
    if (good.has(volume.name)) found.push(duplicate(`${at}.name`, volume.name))
    if (found.length === 0) good.set(volume.name, volume)
    problems.push(...found)
    checkClaimIsNotGenerated(problems, at, volume, { volumes, podName })
  }
  return good
}

/** Exactly one source: the first is looked into, every further one is refused. */
function checkSource(
  problems: Problems,
  path: string,
  volume: Volume,
  podName: string | undefined,
): void {
  let count = 0
  for (const [source, { check, forbiddenAt = source }] of Object.entries(sources)) {
    if (volume[source as Source] === undefined) continue
    if (count > 0) {
      problems.push(forbidden(`${path}.${forbiddenAt}`, 'may not specify more than 1 volume type'))
    } else check(problems, `${path}.${source}`, volume, podName)
    count++
  }
  if (count === 0) problems.push(required(path, 'must specify a volume type'))
}

function checkClaimIsNotGenerated(
  problems: Problems,
  path: string,
  volume: Volume,
  pod: { readonly volumes: readonly Volume[]; readonly podName: string | undefined },
): void {
  const claim = volume.persistentVolumeClaim?.claimName
  if (claim === undefined || pod.podName === undefined) return
  const generated = pod.volumes.some(
    ({ name, ephemeral }) => ephemeral !== undefined && `${pod.podName}-${name}` === claim,
  )
  if (!generated) return
  problems.push(
    invalidValue(
      `${path}.persistentVolumeClaim.claimName`,
      claim,
      'must not reference a PVC that gets created for an ephemeral volume',
    ),
  )
}
