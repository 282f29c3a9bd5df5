import { containerEngine, ensureImage, k3sImageFor } from './container-engine'
import { checkKubeconfigTarget } from './kubeconfig-target'
import { refuseToRunOnRecording, type SessionOptions } from './session'
import type { TargetSpec } from './target'
import { unlessAborted } from './unless-aborted'
import { warmFit } from './warm-k3s'

/**
 * Finds out whether a cluster can be had, before anything runs for which it would be needed later. Returns what
 * people should know about how it will come up.
 *
 * @throws EnvironmentError that says what is missing, UsageError where nothing can ever run.
 */
export async function checkTarget(
  spec: TargetSpec,
  { name, env: environment = {}, image, signal }: SessionOptions,
): Promise<string | undefined> {
  switch (spec.kind) {
    case 'in-process':
      return undefined
    case 'k3s': {
      const engine = await containerEngine(environment)
      const wanted = k3sImageFor({ override: image, target: spec.image, environment })
      await unlessAborted(ensureImage(engine, wanted), signal)
      return (await warmFit({ spec, environment, ...(image && { image }) })).note
    }
    case 'kubeconfig':
      await checkKubeconfigTarget({ spec, environment })
      return undefined
    case 'recording':
      return refuseToRunOnRecording(name)
  }
}
