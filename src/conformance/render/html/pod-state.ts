/** How the states of a pod are drawn: the class that gives the colour, what it means, and the states that have it. */
export const podStates = [
  { name: 'ready', means: 'ready', states: ['Ready'] },
  { name: 'starting', means: 'starting', states: ['Pending', 'ContainerCreating'] },
  { name: 'running', means: 'running, but not ready', states: ['Running'] },
  { name: 'terminating', means: 'terminating', states: ['Terminating'] },
  { name: 'failing', means: 'failing, or waiting for a reason of its own', states: [] },
  { name: 'none', means: 'gone', states: ['gone', ''] },
] as const

/** The colour class by state; the page's script has the same table. */
export const stateClasses: { readonly [state: string]: string } = Object.fromEntries(
  podStates.flatMap(({ name, states }) => states.map((state) => [state, name])),
)

/** The colour class of a pod's state: what is not known is trouble, such as ErrImagePull. */
export function stateClassOf(state: string): string {
  return Object.hasOwn(stateClasses, state) ? (stateClasses[state] ?? 'failing') : 'failing'
}

/** 0 to 3: revisions alternate between four shades. */
export function shadeOf(revision: string | undefined): number {
  return (revisionNumber(revision) - 1) % 4
}

/** The number of a revision, from its alias. */
export function revisionNumber(revision: string | undefined): number {
  return Number(/#(\d{1,6})$/.exec(revision ?? '')?.[1] ?? 1)
}
