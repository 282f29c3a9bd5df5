/** A binary heap: hands out its items smallest first. Items that are equal come in no particular order. */
export class Heap<T> {
  readonly #isBefore: (a: T, b: T) => boolean
  #items: T[] = []

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  push(item: T): void {
    const items = this.#items
    let index = items.length
    items.push(item)
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = items[parentIndex] as T
      if (this.#isBefore(parent, item)) break
      items[index] = parent
      index = parentIndex
    }
    items[index] = item
  }

  pop(): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return first
    let index = 0
    for (;;) {
      let childIndex = 2 * index + 1
      if (childIndex >= items.length) break
      const right = childIndex + 1
      if (right < items.length && this.#isBefore(items[right] as T, items[childIndex] as T)) {
        childIndex = right
      }
      const child = items[childIndex] as T
      if (this.#isBefore(last, child)) break
      items[index] = child
      index = childIndex
    }
    items[index] = last
    return first
  }

  /** Throws out what does not pass. */
  retain(isKept: (item: T) => boolean): void {
    // A sorted array is a heap.
    this.#items = this.#items.filter(isKept).sort((a, b) => (this.#isBefore(a, b) ? -1 : 1))
  }
}
