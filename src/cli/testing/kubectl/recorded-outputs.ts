import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubectlOutput } from './run-kubectl'

/** What kubectl showed on a real cluster, and where that was. */
export interface RecordedOutputs {
  /** The version of the cluster. */
  readonly server: string
  /** The version of kubectl. */
  readonly kubectl: string
  /** The day. */
  readonly recordedAt: string
  readonly outputs: readonly KubectlOutput[]
}

/** Where the recording lies. */
export const recordedFile: string = join(__dirname, 'kubectl-outputs.recorded.json')

/** The recording of this repository. */
export function recordedOutputs(): RecordedOutputs {
  return JSON.parse(readFileSync(recordedFile, 'utf8'))
}
