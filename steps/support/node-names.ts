/** The nodes that a step speaks of: all of the scenario, or those it lists. */
export type NodeNames = 'every node' | readonly string[]

/** The text of a list of names as steps write it: `"a"`, `"a" and "b"`, `"a", "b" and "c"`. */
export const namesPattern = /"[^"]+"(?:(?:, "[^"]+")* and "[^"]+")?|every node|no node|nothing/

/** Reads what `namesPattern` matched. */
export function nodeNamesOf(text: string): NodeNames {
  if (text === 'every node') return text
  return [...text.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
}

/** What a node tells besides its name, labels and taints. */
export const nodeParts = ['addresses', 'annotation', 'capacity', 'condition'] as const
export type NodePart = (typeof nodeParts)[number]
