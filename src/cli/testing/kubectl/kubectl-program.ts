import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

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
  const text = execFileSync(program, ['version', '--client', '--output=json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { gitVersion, minor } = JSON.parse(text).clientVersion
  return { program, version: gitVersion, minor: Number.parseInt(minor, 10) }
}

function pathOf(named: string): string {
  return named.includes('/') ? resolve(named) : named
}
