/** What has to be given back, in the order in which it was taken. */
export class Undo {
  readonly #steps: (() => Promise<void> | void)[] = []
  #done: Promise<void> | undefined

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step)
  }

  /** Gives everything back, last taken first; a step that fails keeps none of the others from running. */
  run(): Promise<void> {
    this.#done ??= this.#runAll()
    return this.#done
  }

  async #runAll(): Promise<void> {
    const errors: unknown[] = []
    for (const step of this.#steps.reverse()) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
