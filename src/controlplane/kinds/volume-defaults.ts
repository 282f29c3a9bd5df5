import type { PodSpec } from '../../kubernetes/types'
import { pullPolicyOf } from './image'
import { changed, defaulted, mapped, remembering, within } from './structure'

type Volumes = NonNullable<PodSpec['volumes']>
type Volume = Volumes[number]
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number]
type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]

/** `rw-r--r--`, the mode of files that volumes are filled with. */
const fileMode = 0o644

/** Volumes with their defaults; one without any source is an empty directory (API-186). */
export const volumesWithDefaults = remembering((volumes: Volumes) =>
  mapped(volumes, volumeWithDefaults),
)

function volumeWithDefaults(volume: Volume): Volume {
  if (Object.keys(volume).every((field) => field === 'name')) return { ...volume, emptyDir: {} }
  return changed(volume, {
    hostPath: volume.hostPath && changed(volume.hostPath, { type: volume.hostPath.type ?? '' }),
    secret: volume.secret && defaulted(volume.secret, { defaultMode: fileMode }),
    configMap: volume.configMap && defaulted(volume.configMap, { defaultMode: fileMode }),
    downwardAPI:
      volume.downwardAPI &&
      within(defaulted(volume.downwardAPI, { defaultMode: fileMode }), 'items', filesWithDefaults),
    projected:
      volume.projected &&
      within(defaulted(volume.projected, { defaultMode: fileMode }), 'sources', (sources) =>
        mapped(sources, projectionWithDefaults),
      ),
    image:
      volume.image &&
      defaulted(volume.image, { pullPolicy: pullPolicyOf(volume.image.reference ?? '') }),
    ephemeral: volume.ephemeral && ephemeralWithDefaults(volume.ephemeral),
    ...networkVolumeDefaults(volume),
  })
}

function projectionWithDefaults(projection: Projection): Projection {
  const dated = within(projection, 'serviceAccountToken', (token) =>
    defaulted(token, { expirationSeconds: 3600 }),
  )
  return within(dated, 'downwardAPI', (files) => within(files, 'items', filesWithDefaults))
}

function filesWithDefaults(files: readonly DownwardFile[]): readonly DownwardFile[] {
  return mapped(files, (file) =>
    within(file, 'fieldRef', (reference) => defaulted(reference, { apiVersion: 'v1' })),
  )
}

type Ephemeral = NonNullable<Volume['ephemeral']>

function ephemeralWithDefaults(ephemeral: Ephemeral): Ephemeral {
  return within(ephemeral, 'volumeClaimTemplate', (template) =>
    within(defaulted(template, { metadata: {} }), 'spec', (spec) =>
      defaulted(spec, { volumeMode: 'Filesystem', resources: {} }),
    ),
  )
}

/** Volumes of the older in-tree drivers. */
function networkVolumeDefaults(volume: Volume): Partial<Volume> {
  return {
    ...(volume.iscsi && { iscsi: defaulted(volume.iscsi, { iscsiInterface: 'default' }) }),
    ...(volume.rbd && {
      rbd: defaulted(volume.rbd, {
        pool: 'rbd',
        user: 'admin',
        keyring: '/etc/ceph/keyring',
      }),
    }),
    ...(volume.azureDisk && {
      azureDisk: defaulted(volume.azureDisk, {
        cachingMode: 'ReadWrite',
        kind: 'Shared',
        fsType: 'ext4',
        readOnly: false,
      }),
    }),
    ...(volume.scaleIO && {
      scaleIO: defaulted(volume.scaleIO, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
    }),
  }
}
