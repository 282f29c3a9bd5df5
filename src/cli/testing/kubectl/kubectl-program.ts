import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { EnvironmentError, messageOf } from '../../../targets/errors'

/** The kubectl of a machine. */
export interface KubectlProgram {
  readonly program: string
  readonly version: string
  readonly minor: number
}

/** Finds kubectl on the PATH, or the one that DSC_KUBECTL names; throws an error that says why there is none. */
export function findKubectl(named: string | undefined): KubectlProgram {
  // Commands run in a folder of their own.
  const program = named === undefined || named === '' ? 'kubectl' : pathOf(named)
  const { gitVersion, minor } = JSON.parse(versionBy(program)).clientVersion
  return { program, version: gitVersion, minor: Number.parseInt(minor, 10) }
}

function pathOf(named: string): string {
  return named.includes('/') ? resolve(named) : named
}

function versionBy(program: string): string {
  try {
    return execFileSync(program, ['version', '--client', '--output=json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (cause) {
    throw new EnvironmentError(`there is no kubectl (${messageOf(cause)})`, {
      mend: 'install it, or name it in DSC_KUBECTL',
      cause,
    })
  }
}
