import type { Container } from '../../kubernetes/types'
import { checkQualifiedName, type Problems } from './checks'
import { invalidValue, notSupported, required } from './field-error'

type Source = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>
type FieldReference = NonNullable<Source['fieldRef']>
type ResourceReference = NonNullable<Source['resourceFieldRef']>

/** The fields of a pod that any reference may name. */
const knownFields = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])

/** A reference to a field of the pod, such as `metadata.labels['app']`; `fields` are those allowed here. */
export function checkFieldReference(
  problems: Problems,
  path: string,
  reference: FieldReference,
  fields: readonly string[],
): void {
  const { apiVersion, fieldPath } = reference
  if (!apiVersion) {
    problems.push(required(`${path}.apiVersion`))
    return
  }
  if (!fieldPath) {
    problems.push(required(`${path}.fieldPath`))
    return
  }
  const [, field = fieldPath, key] = /^([^[]+)\['(.*)'\]$/.exec(fieldPath) ?? []
  const problem = fieldProblem(apiVersion, fieldPath, { field, key })
  if (problem !== undefined) {
    const detail = `error converting fieldPath: ${problem}`
    problems.push(invalidValue(`${path}.fieldPath`, fieldPath, detail))
  } else if (key !== undefined) {
    checkQualifiedName(problems, path, field.endsWith('annotations') ? key.toLowerCase() : key)
  } else if (!fields.includes(fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath)) {
    problems.push(notSupported(`${path}.fieldPath`, fieldPath, fields))
  }
}

function fieldProblem(
  apiVersion: string,
  fieldPath: string,
  { field, key }: { readonly field: string; readonly key: string | undefined },
): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`
  if (key !== undefined) {
    const subscripted = field === 'metadata.annotations' || field === 'metadata.labels'
    return subscripted ? undefined : `field label does not support subscript: ${fieldPath}`
  }
  if (knownFields.has(fieldPath) || fieldPath === 'spec.host') return undefined
  return `field label not supported: ${fieldPath}`
}

const resourceFields = ['limits', 'requests'].flatMap((list) =>
  ['cpu', 'ephemeral-storage', 'memory'].map((resource) => `${list}.${resource}`),
)

const wholeDivisors = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map(
  (suffix) => `1${suffix}`,
)

/** How each resource is called where its divisor is wrong, and what may divide it. */
const divisors = [
  { is: /^(limits|requests)\.cpu$/, called: 'cpu', may: ['1m', '1'] },
  { is: /^(limits|requests)\.memory$/, called: 'memory', may: wholeDivisors },
  {
    is: /^(limits|requests)\.ephemeral-storage$/,
    called: 'local ephemeral storage',
    may: wholeDivisors,
  },
  { is: /^(limits|requests)\.hugepages-/, called: 'hugepages', may: wholeDivisors },
]

/** A reference to a limit or request of a container; volumes must name the container. */
export function checkResourceReference(
  problems: Problems,
  path: string,
  reference: ResourceReference,
  { inVolume }: { readonly inVolume: boolean },
): void {
  const { containerName, resource, divisor } = reference
  if (inVolume && !containerName) problems.push(required(`${path}.containerName`))
  else if (!resource) problems.push(required(`${path}.resource`))
  else if (!resourceFields.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    problems.push(notSupported(`${path}.resource`, resource, resourceFields))
  }
  if (!divisor || divisor === '0' || !resource) return
  const rule = divisors.find(({ is }) => is.test(resource))
  if (rule === undefined || rule.may.includes(divisor)) return
  const values = rule.called === 'cpu' ? '1m and 1' : rule.may.join(', ')
  problems.push(
    invalidValue(
      `${path}.divisor`,
      resource,
      `only divisor's values ${values} are supported with the ${rule.called} resource`,
    ),
  )
}
