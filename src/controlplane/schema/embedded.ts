import { type Shape, shapeOfType } from './schema'

/** Fields that belong to a struct embedded in the type: its name stands in the path of a wrong type. */
const embedded: Readonly<
  Record<string, { readonly struct: string; readonly has: (field: string) => boolean }>
> = {
  Volume: { struct: 'VolumeSource', has: (field) => field !== 'name' },
  Probe: {
    struct: 'ProbeHandler',
    has: (field) => ['exec', 'grpc', 'httpGet', 'tcpSocket'].includes(field),
  },
  EphemeralContainer: {
    struct: 'EphemeralContainerCommon',
    has: (field) => field !== 'targetContainerName',
  },
  ...Object.fromEntries(
    [
      'ConfigMapEnvSource',
      'ConfigMapKeySelector',
      'ConfigMapProjection',
      'ConfigMapVolumeSource',
      'SecretEnvSource',
      'SecretKeySelector',
      'SecretProjection',
    ].map((type) => [
      type,
      { struct: 'LocalObjectReference', has: (field: string) => field === 'name' },
    ]),
  ),
}

/** The path of a field as Go's JSON reader tells it: the name of an embedded struct comes before its field. */
export function goPathOf(kind: string, path: readonly string[]): readonly string[] {
  let shape: Shape | undefined = shapeOfType(kind)
  return path.flatMap((field) => {
    const type = shape?.is === 'object' ? shape.type : ''
    shape = innerOf(shape?.is === 'object' ? shape.fields.get(field)?.shape : undefined)
    const part = embedded[type]
    return part?.has(field) === true ? [part.struct, field] : [field]
  })
}

/** What a list or map is of; Go's reader does not count those as steps of the path. */
function innerOf(shape: Shape | undefined): Shape | undefined {
  return shape?.is === 'list' || shape?.is === 'map' ? innerOf(shape.of) : shape
}
