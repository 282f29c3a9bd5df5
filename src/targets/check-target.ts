import { containerEngine, ensureImage, k3sImageFor } from './container-engine'
import { checkKubeconfigTarget } from './kubeconfig-target'
import { refuseToRunOnRecording, type SessionOptions } from './session'
import type { TargetSpec } from './target'

/**
 * Finds out whether a cluster can be had, before anything runs for which it would be needed later.
 *
 * @throws EnvironmentError that says what is missing, UsageError where nothing can ever run.
 */
export async function checkTarget(
  spec: TargetSpec,
  { name, env = {}, image: override }: SessionOptions,
): Promise<void> {
  switch (spec.kind) {
    case 'in-process':
      return
    case 'k3s': {
      const engine = await containerEngine(env)
      const image = k3sImageFor({ override, target: spec.image, environment: env })
      return await ensureImage(engine, image)
    }
    case 'kubeconfig':
      return await checkKubeconfigTarget({ spec, environment: env })
    case 'recording':
      return refuseToRunOnRecording(name)
  }
}
