/** Marks every namespace and node that a run makes on a real cluster; its value is the id of the run. */
export const runLabel = 'daemonset-conformance.dev/run'

/** Marks a container with the process that it belongs to, as `host/pid`. */
export const ownerLabel = 'daemonset-conformance.dev/owner'
