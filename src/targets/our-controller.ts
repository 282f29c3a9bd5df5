import type { Client } from '../kubernetes/client'
import type { Clock } from '../kubernetes/clock'
import { DaemonSetController } from '../reconciler/daemonset-controller'

/** Runs our DaemonSet controller against a cluster whose own one is switched off. */
export async function startOurController(options: {
  readonly client: Client
  readonly clock: Clock
}): Promise<{ stop(): void }> {
  const controller = new DaemonSetController(options)
  await controller.start()
  return controller
}
