/** What ts-node offers of itself to others in the process. */
interface Compiler {
  compile(code: string, fileName: string): string
}

const compiled = new Map<string, string>()

/**
 * What has been compiled since `keepCompiled`, by file, for threads that would have to compile it again; absent where
 * nothing is kept or no sources are run.
 */
export function compiledSources(): ReadonlyMap<string, string> | undefined {
  return compiled.size === 0 ? undefined : compiled
}

/** Keeps from now on what ts-node compiles. */
export function keepCompiled(): void {
  const found: unknown = Reflect.get(process, Symbol.for('ts-node.register.instance'))
  if (typeof found !== 'object' || found === null) return
  const compiler = found as Compiler
  const compile = compiler.compile.bind(compiler)
  compiler.compile = (code, fileName) => {
    const text = compile(code, fileName)
    compiled.set(fileName, text)
    return text
  }
}
