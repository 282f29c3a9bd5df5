import type { Pod } from '../kubernetes/types'

/** Why a daemon pod is deleted, for those who branch on it; `reason` says it to people. */
type DeleteCause = 'duplicate' | 'failed' | 'misplaced' | 'node-missing' | 'outdated' | 'succeeded'

export interface CreateAction {
  readonly verb: 'create'
  readonly nodeName: string
  readonly reason: string
}

export interface DeleteAction {
  readonly verb: 'delete'
  readonly nodeName: string
  readonly pod: Pod
  readonly cause: DeleteCause
  readonly reason: string
}

/** Nothing yet: look again later. */
export interface WaitAction {
  readonly verb: 'wait'
  readonly nodeName: string
  readonly milliseconds: number
  readonly reason: string
}

/** One step towards the desired state, named after the API call that performs it. */
export type Action = CreateAction | DeleteAction | WaitAction
