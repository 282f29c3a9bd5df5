import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Undo } from './undo'

/**
 * A kubeconfig that people can use while the cluster is up; written when it is asked for, removed with the target.
 *
 * It holds credentials: only its owner can read it, and it never lies in a report's folder.
 */
export function kubeconfigFileOf(kubeConfig: KubeConfig, undo: Undo): () => string {
  let file: string | undefined
  return () => {
    if (file === undefined) {
      const folder = mkdtempSync(join(tmpdir(), 'dsc-kubeconfig-'))
      undo.add(() => rmSync(folder, { recursive: true, force: true }))
      file = join(folder, 'kubeconfig')
      writeFileSync(file, kubeConfig.exportConfig(), { mode: 0o600 })
    }
    return file
  }
}
