/** A catalogue that cannot be used; each line of the message names file, line and what is wrong there. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError'

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
  }
}
