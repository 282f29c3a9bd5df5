/** Marks every namespace and node that a run makes on a real cluster; its value is the id of the run. */
export const runLabel = 'daemonset-conformance.dev/run'

/** Marks the container that is kept between runs with whose it is, as `host/user`. */
export const warmLabel = 'daemonset-conformance.dev/warm'

/** Marks a container with the process that it belongs to, as `host/pid`. */
export const ownerLabel = 'daemonset-conformance.dev/owner'
