import type { Container, ObjectMeta, PodSpec } from '../../kubernetes/types'
import type { Problems } from './checks'
import { forbidden, invalidValue } from './field-error'
import { checkRelativePath } from './paths'
import { containersOf } from './pod-volumes'

type Annotations = Readonly<Record<string, string>>
type Profile = NonNullable<NonNullable<Container['securityContext']>['seccompProfile']>

const mirrorPod = 'kubernetes.io/config.mirror'
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost'
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/'
const appArmorContainer = 'container.apparmor.security.beta.kubernetes.io/'

/** Annotations that mean something to pods. */
export function checkPodAnnotations(
  problems: Problems,
  path: string,
  annotations: Annotations | undefined,
  spec: PodSpec,
): void {
  if (annotations === undefined) return
  const mirror = annotations[mirrorPod]
  if (mirror !== undefined && !spec.nodeName) {
    const detail = 'must set spec.nodeName if mirror pod annotation is set'
    problems.push(invalidValue(`${path}[${mirrorPod}]`, mirror, detail))
  }
  const cost = annotations[deletionCost]
  if (cost !== undefined && !isInt32(cost)) {
    problems.push(invalidValue(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer'))
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (key === seccompPod || key.startsWith(seccompContainer)) {
      checkSeccompName(problems, `${path}.${key}`, value)
    } else if (key.startsWith(appArmorContainer)) {
      checkAppArmorName(problems, `${path}[${key}]`, { key, value, spec })
    }
  }
}

/** Annotations that may not change in the life of a pod. */
export function checkPodAnnotationUpdate(
  problems: Problems,
  path: string,
  { annotations = {} }: ObjectMeta,
  { annotations: previous = {} }: ObjectMeta,
): void {
  for (const key of new Set([...Object.keys(previous), ...Object.keys(annotations)])) {
    if (annotations[key] === previous[key]) continue
    const verb = Object.hasOwn(previous, key) ? 'remove or update' : 'add'
    if (key.startsWith(appArmorContainer)) {
      problems.push(forbidden(`${path}[${key}]`, `may not ${verb} AppArmor annotations`))
    }
    if (key === mirrorPod) {
      problems.push(forbidden(`${path}[${key}]`, `may not ${verb} mirror pod annotation`))
    }
  }
}

/** Seccomp profiles told both by field and by the old annotation must be the same. */
export function checkSeccompAgreement(
  problems: Problems,
  path: string,
  annotations: Annotations | undefined,
  spec: PodSpec,
): void {
  if (annotations === undefined) return
  const own = spec.securityContext?.seccompProfile
  const at = `${path}.securityContext.seccompProfile`
  checkProfileAgreement(problems, at, own, annotations[seccompPod])
  for (const [containerPath, { name, securityContext }] of containersOf(spec, path)) {
    const annotation = annotations[`${seccompContainer}${name}`]
    const field = `${containerPath}.securityContext.seccompProfile`
    checkProfileAgreement(problems, field, securityContext?.seccompProfile, annotation)
  }
}

function checkProfileAgreement(
  problems: Problems,
  path: string,
  profile: Profile | undefined,
  annotation: string | undefined,
): void {
  if (profile === undefined || annotation === undefined) return
  const { type, localhostProfile } = profile
  const agrees =
    (type === 'Unconfined' && annotation === 'unconfined') ||
    (type === 'RuntimeDefault' && /^(runtime|docker)\/default$/.test(annotation)) ||
    (type === 'Localhost' && annotation.startsWith('localhost/')) ||
    !['Unconfined', 'RuntimeDefault', 'Localhost'].includes(type)
  if (!agrees) {
    const detail = 'seccomp type in annotation and field must match'
    problems.push(forbidden(`${path}.type`, detail))
  } else if (type === 'Localhost' && annotation !== `localhost/${localhostProfile}`) {
    const detail = 'seccomp profile in annotation and field must match'
    problems.push(forbidden(`${path}.localhostProfile`, detail))
  }
}

function checkSeccompName(problems: Problems, path: string, name: string): void {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(name)) return
  if (name.startsWith('localhost/')) {
    checkRelativePath(problems, path, name.slice('localhost/'.length))
  } else problems.push(invalidValue(path, name, 'must be a valid seccomp profile'))
}

function checkAppArmorName(
  problems: Problems,
  path: string,
  annotation: { readonly key: string; readonly value: string; readonly spec: PodSpec },
): void {
  const { key, value, spec } = annotation
  const container = key.slice(appArmorContainer.length)
  if (!containersOf(spec, 'spec').some(([, { name }]) => name === container)) {
    problems.push(invalidValue(path, container, 'container not found'))
  }
  if (/^($|runtime\/default$|unconfined$|localhost\/)/.test(value)) return
  const detail = `invalid AppArmor profile name: ${JSON.stringify(value)}`
  problems.push(invalidValue(path, value, detail))
}

function isInt32(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31
}
