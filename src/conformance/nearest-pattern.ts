/** How much of two texts must be the same words for one to be offered in the place of the other. */
const leastLikeness = 0.6

/** The candidate whose pattern is most like a step's text; none where none is much like it. */
export function nearestPattern<T>(
  text: string,
  candidates: readonly T[],
  patternOf: (candidate: T) => string,
): T | undefined {
  const words = wordsOf(text)
  let best: { readonly candidate: T; readonly likeness: number } | undefined
  for (const candidate of candidates) {
    const likeness = likenessOf(words, wordsOf(patternOf(candidate)))
    if (likeness >= leastLikeness && likeness > (best?.likeness ?? 0))
      best = { candidate, likeness }
  }
  return best?.candidate
}

/** The words of a text or pattern; what stands for a value is the same word in both. */
function wordsOf(text: string): readonly string[] {
  return text
    .replace(/"[^"]*"|\{[^}]*\}|\([^)]*\)|\b\d+\b/g, ' <value> ')
    .toLowerCase()
    .split(/[^\w<>-]+/)
    .filter((word) => word !== '')
}

/** Twice the shared words over all words (Dice); a word counts as often as it occurs. */
function likenessOf(a: readonly string[], b: readonly string[]): number {
  const left = [...b]
  let shared = 0
  for (const word of a) {
    const index = left.indexOf(word)
    if (index < 0) continue
    left.splice(index, 1)
    shared += 1
  }
  return (2 * shared) / (a.length + b.length || 1)
}
