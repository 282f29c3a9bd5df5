import { Writer } from 'protobufjs/minimal'

/** The media type of the binary form of Kubernetes. */
export const protobuf = 'application/vnd.kubernetes.protobuf'

/** The envelope of the binary form around the bytes of an object (API-107). */
export function enveloped(kind: string, apiVersion: string, object: Uint8Array): Buffer {
  const writer = Writer.create()
  writer.uint32(10).fork().uint32(10).string(apiVersion).uint32(18).string(kind).ldelim()
  writer.uint32(18).bytes(object)
  return Buffer.concat([Buffer.from('k8s\0'), writer.finish()])
}
