import { createInterface } from 'node:readline'
import { printable } from '../conformance/render/terminal'
import type { FailedScenario } from '../targets/session'
import type { CliContext } from './program'

/** Tells how to reach the cluster of a failed scenario, and waits for a line on the standard input. */
export function pauseOn(
  { stdout }: CliContext,
  signal: AbortSignal,
): (failed: FailedScenario) => Promise<void> {
  return async ({ scenarioId, message, namespace, kubeconfig }) => {
    const access =
      kubeconfig === undefined
        ? 'This cluster lives in the process and cannot be reached; the run goes on.'
        : `Its cluster is kept: KUBECONFIG=${kubeconfig} kubectl --namespace ${namespace} get daemonsets,pods,events`
    stdout.write(`${printable(`failed: ${scenarioId}: ${message}`)}\n${printable(access)}\n`)
    if (kubeconfig === undefined || signal.aborted) return
    stdout.write('Press Enter to go on, Ctrl-C to end the run.\n')
    await lineOrAbort(signal)
  }
}

/** A closed input counts as a line, so that a run without a terminal does not wait for ever. */
function lineOrAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const input = createInterface({ input: process.stdin })
    const end = (): void => {
      input.close()
      signal.removeEventListener('abort', end)
      resolve()
    }
    input.once('line', end)
    input.once('close', end)
    signal.addEventListener('abort', end, { once: true })
  })
}
