import type { RecordedTarget } from '../conformance/recorded-target'
import { readRecording } from '../conformance/recording'
import { UsageError } from '../targets/errors'
import { parseTarget } from '../targets/target'
import type { CliContext } from './program'
import { fileFrom, recordingName } from './reproduce'
import type { RunFlags } from './run-command'

/**
 * The recording that `--target recording:<path>` names; absent: the target is a cluster.
 *
 * @throws RecordingError, UsageError
 */
export function recordedTargetOf(
  { target, blame }: Pick<RunFlags, 'target' | 'blame'>,
  { cwd }: Pick<CliContext, 'cwd'>,
): RecordedTarget | undefined {
  const spec = parseTarget(target)
  if (spec.kind !== 'recording') return undefined
  if (blame === true) {
    throw new UsageError(
      '--blame: nobody can look again into what was recorded: name a live target',
    )
  }
  const path = fileFrom(cwd, spec.path)
  return { recording: readRecording(path), name: recordingName(path) }
}
