import { isDeepStrictEqual } from 'node:util'
import type { KubectlCommand } from './kubectl-commands'
import type { KubectlOutput } from './run-kubectl'

/** What is compared of one command. */
export interface Comparison {
  readonly command: KubectlCommand
  readonly real: KubectlOutput
  readonly served: KubectlOutput
  /** Whether kubectl is of the minor release that the recording was made with. */
  readonly isSameMinor: boolean
}

/** Says in words what is wrong with a served output; `undefined` where it is as it has to be. */
export function complaintAbout(comparison: Comparison): string | undefined {
  const { command, real, served, isSameMinor } = comparison
  if (real.command !== command.line) {
    return `the recording is of kubectl ${real.command}: record again (npm run record:kubectl)`
  }
  const { differs, isPart, exceptFor } = command
  const reason = differs ?? isPart ?? exceptFor?.because
  const isEqual = isDeepStrictEqual(real, served)
  if (isEqual && reason !== undefined) {
    return `it is equal to that of a real server now: take "${reason}" off the list`
  }
  if (differs !== undefined || isEqual) return undefined
  if (real.code !== served.code) {
    return `wanted exit code ${real.code}, found ${served.code}${shown(served)}`
  }
  if (command.reworded === true && !isSameMinor) return undefined
  if (isPart !== undefined) return complaintAboutPart(real, served)
  const wanted = { ...real, out: withExceptions(real.out, exceptFor?.lines) }
  if (isDeepStrictEqual(wanted, served)) return undefined
  return `wanted${shown(wanted)}\nfound${shown(served)}`
}

function withExceptions(
  lines: readonly string[],
  exceptions: Readonly<Record<string, string>> = {},
): readonly string[] {
  return lines.map((line) => exceptions[line] ?? line)
}

function complaintAboutPart(real: KubectlOutput, served: KubectlOutput): string | undefined {
  const known = new Set([...real.out, ...real.err])
  const lines = [...served.out, ...served.err]
  if (lines.length === 0) return 'wanted a part of what a real server shows, found nothing'
  const unknown = lines.filter((line) => !known.has(line))
  if (unknown.length === 0) return undefined
  return `wanted only lines that a real server shows, found ${unknown.map((line) => `\n  ${line}`).join('')}`
}

function shown({ code, out, err }: KubectlOutput): string {
  const lines = [...out, ...err.map((line) => `stderr: ${line}`), `exit code ${code}`]
  return lines.map((line) => `\n  ${line}`).join('')
}
