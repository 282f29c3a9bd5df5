/** The feature gates that reach a DaemonSet controller, and how they stand in Kubernetes 1.36 (GATES-01). */
export const defaultFeatureGates = Object.freeze({
  /** A sync begins only when the caches show the controller's own writes (GATES-02). */
  StaleControllerConsistencyDaemonSet: true,
  /** The operators `Lt` and `Gt` tolerate taints by number (GATES-07). */
  TaintTolerationComparisonOperators: false,
})

/** Which of them are on. */
export type FeatureGates = { readonly [Gate in keyof typeof defaultFeatureGates]: boolean }
