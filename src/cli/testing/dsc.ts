import { Writable } from 'node:stream'
import { packageRoot } from '../package'
import { exitCodeOf, programOf } from '../program'

class Output extends Writable {
  text = ''

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in this process; a code that nobody set is 0, as for a process. */
export async function dsc(
  words: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<Ended> {
  const [stdout, stderr] = [new Output(), new Output()]
  let code = 0
  const exit = (wanted: number): void => {
    code = wanted
  }
  try {
    const program = programOf({ stdout, stderr, env, cwd: packageRoot, exit })
    await program.parseAsync(['node', 'dsc', ...words])
  } catch (error) {
    code = exitCodeOf(error, 2, (line) => stderr.write(`${line}\n`))
  }
  return { code, stdout: stdout.text, stderr: stderr.text }
}
