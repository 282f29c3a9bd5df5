import { relative } from 'node:path'
import { parseTarget } from '../targets/target'
import { type Recording, readRecording } from './recording'
import { newestRecording } from './reference'

/** Where the truth of a run comes from. */
export type ReferenceChoice =
  | { readonly kind: 'live'; readonly target: string }
  | {
      readonly kind: 'recording'
      readonly path: string
      /** What the file is called in the report, which others read; absent: its last part. */
      readonly name?: string
      readonly recording: Recording
    }
  | { readonly kind: 'none' }
  /** Somebody wants to know only what the target does. */
  | { readonly kind: 'declined' }

/** What stands for no reference on the command line. */
export const noReference = 'none'

/**
 * Chooses the reference: what was asked for; else a live k3s where its image is there; else the newest recording.
 *
 * A target with real nodes can only be compared with a cluster of as many: the same k3s with its own controller.
 *
 * @throws RecordingError, UsageError
 */
export async function chooseReference(options: {
  readonly asked: string | undefined
  /** The cluster under test. */
  readonly target: string
  readonly requireLive: boolean
  readonly recordings: string
  readonly isK3sAvailable: () => Promise<boolean>
}): Promise<ReferenceChoice> {
  const { asked, target, requireLive, recordings, isK3sAvailable } = options
  if (asked === noReference) return { kind: 'declined' }
  if (asked !== undefined) {
    const spec = parseTarget(asked)
    if (spec.kind !== 'recording') return { kind: 'live', target: asked }
    return { kind: 'recording', path: spec.path, recording: readRecording(spec.path) }
  }
  const likeTarget = builtInLike(target)
  if (likeTarget !== undefined) return { kind: 'live', target: likeTarget }
  if (requireLive || (await isK3sAvailable())) return { kind: 'live', target: 'k3s' }
  const newest = newestRecording(recordings)
  return newest === undefined ? { kind: 'none' } : { kind: 'recording', ...newest }
}

/** The same k3s with its own controller, if the target has real nodes. */
function builtInLike(target: string): string | undefined {
  const spec = parseTarget(target)
  if (spec.kind !== 'k3s' || spec.nodes === 'simulated') return undefined
  return `k3s${spec.image === undefined ? '' : `:${spec.image}`}?nodes=real:${spec.nodes.real}`
}

/** The first line of a run: what its verdict will rest on. */
export function basisOf(choice: ReferenceChoice): string {
  switch (choice.kind) {
    case 'live':
      return `The verdict rests on a live reference: ${choice.target}.`
    case 'recording': {
      const { cluster, recordedAt } = choice.recording
      const path = relative(process.cwd(), choice.path)
      return `The verdict rests on a recording, not on a live cluster: ${path} (Kubernetes ${cluster.version}, recorded ${recordedAt}).`
    }
    case 'declined':
      return 'There is no reference, as asked (--reference none): only the target runs, and nothing is compared.'
    case 'none':
      return 'There is no reference: no container engine with the k3s image, and no recording. Nothing can be verified.'
  }
}
