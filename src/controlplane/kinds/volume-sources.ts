import { dns1123SubdomainErrors, labelValueErrors } from '../../kubernetes/names'
import { compareQuantities, isQuantity, parseQuantity } from '../../kubernetes/quantity'
import type { PodSpec } from '../../kubernetes/types'
import {
  checkChoice,
  checkDnsSubdomain,
  checkFormat,
  checkPresent,
  checkRequiredChoice,
  type Problems,
} from './checks'
import { forbidden, invalidValue, notSupported, required, tooLong } from './field-error'
import { rangeText } from './formats'
import { checkNoStepsUp, checkRelativePath } from './paths'
import { checkProjectedVolume } from './projected-volumes'
import { checkDownwardFiles, checkFileMode, checkItems } from './volume-files'

/** A volume of a pod. */
export type Volume = NonNullable<PodSpec['volumes']>[number]

/** The kinds of volumes. */
export type Source = Exclude<keyof Volume, 'name'>

/** What is wrong with a volume of one kind. */
export interface SourceRule {
  readonly check: (problems: Problems, path: string, volume: Volume, podName?: string) => void
  /** Where a second source is refused, if not at the field itself. */
  readonly forbiddenAt?: string
}

/** Every source, in the order in which an API server looks for them. */
export const sources: Readonly<Record<Source, SourceRule>> = {
  emptyDir: rule('emptyDir', (problems, path, { sizeLimit }) => {
    if (sizeLimit !== undefined && isNegative(sizeLimit)) {
      const detail = 'SizeLimit field must be a valid resource quantity'
      problems.push(forbidden(`${path}.sizeLimit`, detail))
    }
  }),
  hostPath: rule('hostPath', (problems, path, source) => {
    if (!checkPresent(problems, `${path}.path`, source.path)) return
    checkNoStepsUp(problems, `${path}.path`, source.path)
    checkChoice(problems, `${path}.type`, source.type, hostPathTypes)
  }),
  gitRepo: rule('gitRepo', (problems, path, source) => {
    checkPresent(problems, `${path}.repository`, source.repository)
    checkRelativePath(problems, `${path}.directory`, source.directory ?? '')
  }),
  gcePersistentDisk: {
    // Problems inside are told at a path that does not exist, which is an old slip of the API.
    check: (problems, path, { gcePersistentDisk }) => {
      const at = `${parentOf(path)}.persistentDisk`
      checkPresent(problems, `${at}.pdName`, gcePersistentDisk?.pdName)
    },
  },
  awsElasticBlockStore: rule('awsElasticBlockStore', needs('volumeID')),
  secret: rule('secret', (problems, path, source) => {
    checkPresent(problems, `${path}.secretName`, source.secretName)
    checkFileMode(problems, `${path}.defaultMode`, source.defaultMode)
    checkItems(problems, `${path}.items`, source.items)
  }),
  nfs: rule('nfs', (problems, path, source) => {
    checkPresent(problems, `${path}.server`, source.server)
    checkPresent(problems, `${path}.path`, source.path)
    if (!source.path?.startsWith('/')) {
      problems.push(invalidValue(`${path}.path`, source.path ?? '', 'must be an absolute path'))
    }
  }),
  iscsi: rule('iscsi', (problems, path, source) => {
    checkPresent(problems, `${path}.targetPortal`, source.targetPortal)
    checkPresent(problems, `${path}.iqn`, source.iqn)
    checkUnitNumber(problems, path, source.lun ?? 0)
  }),
  glusterfs: rule('glusterfs', needs('endpoints', 'path')),
  flocker: rule('flocker', (problems, path, { datasetName, datasetUUID }) => {
    if (!datasetName && !datasetUUID) {
      problems.push(required(path, 'one of datasetName and datasetUUID is required'))
    }
    if (datasetName && datasetUUID) {
      const detail = 'datasetName and datasetUUID can not be specified simultaneously'
      problems.push(invalidValue(path, 'resource', detail))
    }
  }),
  persistentVolumeClaim: rule('persistentVolumeClaim', needs('claimName')),
  rbd: rule('rbd', (problems, path, source) => {
    if ((source.monitors ?? []).length === 0) problems.push(required(`${path}.monitors`))
    checkPresent(problems, `${path}.image`, source.image)
  }),
  cinder: rule('cinder', needs('volumeID')),
  cephfs: {
    forbiddenAt: 'cephFS',
    check: (problems, path, { cephfs }) => {
      if ((cephfs?.monitors ?? []).length === 0) problems.push(required(`${path}.monitors`))
    },
  },
  quobyte: rule('quobyte', (problems, path, { registry, volume }) => {
    if (!registry) {
      const detail = 'must be a host:port pair or multiple pairs separated by commas'
      problems.push(required(`${path}.registry`, detail))
    }
    checkPresent(problems, `${path}.volume`, volume)
  }),
  downwardAPI: {
    forbiddenAt: 'downwarAPI',
    check: (problems, path, { downwardAPI }) => {
      checkFileMode(problems, `${path}.defaultMode`, downwardAPI?.defaultMode)
      checkDownwardFiles(problems, path, downwardAPI?.items)
    },
  },
  fc: rule('fc', (problems, path, source) => {
    if ((source.targetWWNs ?? []).length === 0 && (source.wwids ?? []).length === 0) {
      const detail = 'must specify either targetWWNs or wwids, but not both'
      problems.push(required(`${path}.targetWWNs`, detail))
    }
    if ((source.targetWWNs ?? []).length > 0) checkUnitNumber(problems, path, source.lun)
  }),
  flexVolume: rule('flexVolume', needs('driver')),
  configMap: rule('configMap', (problems, path, source) => {
    checkPresent(problems, `${path}.name`, source.name)
    checkFileMode(problems, `${path}.defaultMode`, source.defaultMode)
    checkItems(problems, `${path}.items`, source.items)
  }),
  azureFile: rule('azureFile', needs('secretName', 'shareName')),
  vsphereVolume: rule('vsphereVolume', needs('volumePath')),
  photonPersistentDisk: rule('photonPersistentDisk', needs('pdID')),
  portworxVolume: rule('portworxVolume', needs('volumeID')),
  azureDisk: rule('azureDisk', (problems, path, { diskName, diskURI = '', kind }) => {
    checkPresent(problems, `${path}.diskName`, diskName)
    checkPresent(problems, `${path}.diskURI`, diskURI)
    checkChoice(problems, `${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared'])
    const [start, form] = kind === 'Managed' ? managedDisk : blobDisk
    if (!diskURI.startsWith(start)) {
      problems.push(notSupported(`${path}.diskURI`, diskURI, [form]))
    }
  }),
  storageos: rule('storageos', needs('volumeName')),
  projected: rule('projected', checkProjectedVolume),
  scaleIO: rule('scaleIO', needs('gateway', 'system', 'volumeName')),
  csi: rule('csi', (problems, path, source) => {
    checkDriverName(problems, `${path}.driver`, source.driver)
    const secret = source.nodePublishSecretRef
    if (secret === undefined) return
    if (!secret.name) problems.push(required(`${path}.nodePublishSecretRef.name`))
    else {
      checkFormat(problems, `${path}.name`, secret.name, dns1123SubdomainErrors(secret.name))
    }
  }),
  ephemeral: rule('ephemeral', (problems, path, source, volume, podName) => {
    checkClaimTemplate(problems, path, source)
    if (podName === undefined || !volume.name) return
    const claim = `${podName}-${volume.name}`
    for (const message of dns1123SubdomainErrors(claim)) {
      const detail = `PVC name ${JSON.stringify(claim)}: ${message}`
      problems.push(invalidValue(`${parentOf(path)}.name`, volume.name, detail))
    }
  }),
  image: rule('image', (problems, path, source, _volume, podName) => {
    if (podName !== undefined) checkPresent(problems, `${path}.reference`, source.reference)
    checkRequiredChoice(problems, `${path}.pullPolicy`, source.pullPolicy, [
      'Always',
      'IfNotPresent',
      'Never',
    ])
  }),
}

const managedDisk = [
  '/subscriptions/',
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
] as const
const blobDisk = [
  'https://',
  'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd',
] as const

/** Types of host paths, '' for "do not look". */
const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

function rule<S extends Source>(
  source: S,
  check: (
    problems: Problems,
    path: string,
    value: NonNullable<Volume[S]>,
    volume: Volume,
    podName: string | undefined,
  ) => void,
): SourceRule {
  return {
    check(problems, path, volume, podName) {
      const value = volume[source]
      if (value !== undefined && value !== null) check(problems, path, value, volume, podName)
    },
  }
}

/** A rule that asks for nothing but these texts. */
function needs(
  ...fields: readonly string[]
): (problems: Problems, path: string, source: object) => void {
  return (problems, path, source) => {
    const texts = source as Readonly<Record<string, string | undefined>>
    for (const field of fields) checkPresent(problems, `${path}.${field}`, texts[field])
  }
}

function checkUnitNumber(problems: Problems, path: string, lun: number | undefined): void {
  if (lun === undefined) {
    problems.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'))
  } else if (lun < 0 || lun > 255) {
    problems.push(invalidValue(`${path}.lun`, lun, rangeText(0, 255)))
  }
}

function checkDriverName(problems: Problems, path: string, driver: string | undefined): void {
  if (!checkPresent(problems, path, driver)) return
  if (driver.length > 63) problems.push(tooLong(path, 63))
  checkFormat(problems, path, driver, dns1123SubdomainErrors(driver.toLowerCase()))
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

/** The claim that an ephemeral volume makes: access modes and a size are what it cannot do without. */
function checkClaimTemplate(
  problems: Problems,
  path: string,
  { volumeClaimTemplate }: NonNullable<Volume['ephemeral']>,
): void {
  const at = `${path}.volumeClaimTemplate`
  if (volumeClaimTemplate === undefined) {
    problems.push(required(at))
    return
  }
  const { metadata, spec } = volumeClaimTemplate
  for (const value of Object.values(metadata?.labels ?? {})) {
    checkFormat(problems, `${at}.metadata.labels`, value, labelValueErrors(value))
  }
  const modes = spec?.accessModes ?? []
  if (modes.length === 0) {
    problems.push(required(`${at}.spec.accessModes`, 'at least 1 access mode is required'))
  }
  for (const mode of modes) {
    checkChoice(problems, `${at}.spec.accessModes`, mode, accessModes)
  }
  const storage = spec?.resources?.requests?.['storage']
  if (storage === undefined) problems.push(required(`${at}.spec.resources[storage]`))
  if (spec?.storageClassName) {
    checkDnsSubdomain(problems, `${at}.spec.storageClassName`, spec.storageClassName)
  }
}

function isNegative(quantity: string): boolean {
  return isQuantity(quantity) && compareQuantities(parseQuantity(quantity), zero) < 0
}

const zero = parseQuantity('0')

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.'))
}
