import {
  closeSync,
  constants,
  fchmodSync,
  ftruncateSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { stringify } from 'yaml'

/** Where a gateway is and how to be let in. */
export interface Access {
  readonly url: string
  /** The certificate of its authority, in PEM. */
  readonly authority: string
  readonly token: string
}

const name = 'daemonset-conformance'

/** A kubeconfig that `kubectl` takes as it is. */
export function kubeconfigOf({ url, authority, token }: Access): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: url,
          'certificate-authority-data': Buffer.from(authority).toString('base64'),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
    preferences: {},
  })
}

/** Writes the kubeconfig so that only its owner can read it, whatever was there before. */
export function writeKubeconfig(path: string, access: Access): void {
  const { O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
  const file = openSync(path, O_CREAT | O_WRONLY | O_NOFOLLOW, ownerOnly)
  try {
    fchmodSync(file, ownerOnly)
    ftruncateSync(file)
    writeSync(file, kubeconfigOf(access))
  } finally {
    closeSync(file)
  }
}

/** Takes away the kubeconfig that was written for this access; what somebody else has put there since stays. */
export function removeKubeconfig(path: string, access: Access): void {
  try {
    if (readFileSync(path, 'utf8') === kubeconfigOf(access)) unlinkSync(path)
  } catch {
    // It is gone already, or no longer ours to read.
  }
}

const ownerOnly = 0o600
