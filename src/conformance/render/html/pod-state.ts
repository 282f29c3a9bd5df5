/** The colour class of a pod's state; the page's script has the same table. */
export function stateClassOf(state: string): string {
  return stateClasses[state] ?? 'failing'
}

/** Every state that is not trouble; a waiting reason such as ErrImagePull is. */
export const stateClasses: { readonly [state: string]: string } = {
  Ready: 'ready',
  Terminating: 'terminating',
  Pending: 'starting',
  ContainerCreating: 'starting',
  Running: 'starting',
  gone: 'none',
  '': 'none',
}
