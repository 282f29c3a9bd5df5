import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { minorOf } from './kubernetes-version'
import { type Recording, RecordingError, readRecording } from './recording'

/** A recording of the repository, and the file that it is in. */
export interface RecordingFile {
  readonly path: string
  readonly recording: Recording
}

/**
 * The recording that stands in for a live reference: of the newest Kubernetes, and of those the newest.
 *
 * @throws RecordingError when a file in the folder is not a whole recording: it is never passed over.
 */
export function newestRecording(folder: string): RecordingFile | undefined {
  return recordingsIn(folder).sort(newestFirst)[0]
}

/** All recordings in a folder; a folder that does not exist holds none. */
export function recordingsIn(folder: string): RecordingFile[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new RecordingError(`${folder}: cannot be read`, { cause })
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name))
    .map((path) => ({ path, recording: readRecording(path) }))
}

function newestFirst({ recording: a }: RecordingFile, { recording: b }: RecordingFile): number {
  const minors = (minorOf(b.cluster.version) ?? 0) - (minorOf(a.cluster.version) ?? 0)
  if (minors !== 0) return minors
  return a.recordedAt < b.recordedAt ? 1 : -1
}
