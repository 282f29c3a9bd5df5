import { execFileSync } from 'node:child_process'

/** The kubectl of a machine. */
export interface KubectlProgram {
  readonly program: string
  readonly version: string
  readonly minor: number
}

/** Finds kubectl on the PATH, or the one that DSC_KUBECTL names; throws an error that says why there is none. */
export function findKubectl(named: string | undefined): KubectlProgram {
  const program = named === undefined || named === '' ? 'kubectl' : named
  const text = execFileSync(program, ['version', '--client', '--output=json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { gitVersion, minor } = JSON.parse(text).clientVersion
  return { program, version: gitVersion, minor: Number.parseInt(minor, 10) }
}
