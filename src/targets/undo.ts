/** What has to be given back, in the order in which it was taken. */
export class Undo {
  readonly #steps: (() => Promise<void> | void)[] = []
  readonly #errors: unknown[] = []
  #running: Promise<void> | undefined

  /** What is taken while everything is given back already goes back at once, too. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step)
    if (this.#running !== undefined) this.#running = this.#running.then(() => this.#giveBack())
  }

  /** Gives everything back, last taken first; a step that fails keeps none of the others from running. */
  async run(): Promise<void> {
    this.#running ??= this.#giveBack()
    // More may be taken meanwhile, by something that had begun before.
    let awaited: Promise<void> | undefined
    while (awaited !== this.#running) {
      awaited = this.#running
      await awaited
    }
    if (this.#errors.length > 0) throw this.#errors[0]
  }

  async #giveBack(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        this.#errors.push(error)
      }
    }
  }
}
