import { dns1123SubdomainErrors } from '../../kubernetes/names'
import type { Container } from '../../kubernetes/types'
import { checkDnsLabel, checkFormat, checkPresent, type Problems } from './checks'
import { invalidValue, required } from './field-error'
import { checkFieldReference, checkResourceReference } from './field-references'
import { configKeyErrors, environmentNameErrors } from './formats'
import { checkNoStepsUp } from './paths'

type Variable = NonNullable<Container['env']>[number]
type Source = NonNullable<Variable['valueFrom']>
type Import = NonNullable<Container['envFrom']>[number]

/** The fields of a pod that variables may hold. */
const variableFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** Environment variables: a name, and a value or one source of it. */
export function checkEnvironment(
  problems: Problems,
  path: string,
  variables: readonly Variable[] | undefined,
): void {
  for (const [index, variable] of (variables ?? []).entries()) {
    const at = `${path}[${index}]`
    if (checkPresent(problems, `${at}.name`, variable.name)) {
      checkFormat(problems, `${at}.name`, variable.name, environmentNameErrors(variable.name))
    }
    if (variable.valueFrom !== undefined) {
      checkValueSource(problems, `${at}.valueFrom`, variable.valueFrom, variable.value)
    }
  }
}

/** Whole ConfigMaps or Secrets as variables. */
export function checkEnvironmentImports(
  problems: Problems,
  path: string,
  imports: readonly Import[] | undefined,
): void {
  for (const [index, { prefix, configMapRef, secretRef }] of (imports ?? []).entries()) {
    const at = `${path}[${index}]`
    if (prefix) checkFormat(problems, `${at}.prefix`, prefix, environmentNameErrors(prefix))
    checkImportedName(problems, `${at}.configMapRef.name`, configMapRef)
    checkImportedName(problems, `${at}.secretRef.name`, secretRef)
    const count = [configMapRef, secretRef].filter((reference) => reference !== undefined).length
    if (count === 0) {
      problems.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    } else if (count > 1) {
      problems.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
    }
  }
}

function checkValueSource(
  problems: Problems,
  path: string,
  source: Source,
  value: string | undefined,
): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef !== undefined) {
    checkFieldReference(problems, `${path}.fieldRef`, fieldRef, variableFields)
  }
  if (resourceFieldRef !== undefined) {
    const at = `${path}.resourceFieldRef`
    checkResourceReference(problems, at, resourceFieldRef, { inVolume: false })
  }
  checkKeyReference(problems, `${path}.configMapKeyRef`, configMapKeyRef)
  checkKeyReference(problems, `${path}.secretKeyRef`, secretKeyRef)
  checkFileReference(problems, `${path}.fileKeyRef`, fileKeyRef)
  const count = Object.keys(source).length
  if (count === 0) {
    problems.push(
      invalidValue(
        path,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    )
  } else if (value) {
    problems.push(invalidValue(path, '', 'may not be specified when `value` is not empty'))
  } else if (count > 1) {
    problems.push(invalidValue(path, '', 'may not have more than one field specified at a time'))
  }
}

function checkKeyReference(
  problems: Problems,
  path: string,
  reference: Source['configMapKeyRef'],
): void {
  if (reference === undefined) return
  const { name = '', key } = reference
  checkFormat(problems, `${path}.name`, name, dns1123SubdomainErrors(name))
  if (checkPresent(problems, `${path}.key`, key)) {
    checkFormat(problems, `${path}.key`, key, configKeyErrors(key))
  }
}

function checkFileReference(
  problems: Problems,
  path: string,
  reference: Source['fileKeyRef'],
): void {
  if (reference === undefined) return
  const { key, volumeName, path: file } = reference
  if (checkPresent(problems, `${path}.key`, key)) {
    checkFormat(problems, `${path}.key`, key, environmentNameErrors(key))
  }
  if (checkPresent(problems, `${path}.volumeName`, volumeName)) {
    checkDnsLabel(problems, `${path}.volumeName`, volumeName)
  }
  if (checkPresent(problems, `${path}.path`, file)) {
    checkNoStepsUp(problems, `${path}.path`, file)
  }
}

function checkImportedName(
  problems: Problems,
  path: string,
  reference: Import['configMapRef'],
): void {
  if (reference === undefined) return
  if (!reference.name) problems.push(required(path))
  else {
    // A trailing hyphen is taken here: the name may yet get a suffix.
    const tried = reference.name.replace(/(?<=.)-$/, 'a')
    checkFormat(problems, path, reference.name, dns1123SubdomainErrors(tried))
  }
}
