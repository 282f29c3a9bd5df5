import type { ReferenceInfo } from '../report'
import type { ClusterInfo } from '../scenario-run'

/** What a cluster is called in a rendering: its kind and version, and of a recording the file that somebody can look into. */
export function clusterTitle(cluster: ClusterInfo | ReferenceInfo): string {
  const file = recordingOf(cluster)
  return file === undefined ? shortTitle(cluster) : `${shortTitle(cluster)}, ${file}`
}

/** The same for the head of a column. */
export function shortTitle(cluster: ClusterInfo | ReferenceInfo): string {
  const { name, version } = cluster
  const isLive = !('live' in cluster) || cluster.live
  if (!isLive || recordingOf(cluster) !== undefined) return `recording of ${version}`
  // A kubeconfig is a way to a cluster, not a name of one.
  return name.startsWith('kubeconfig')
    ? `cluster behind a kubeconfig, ${version}`
    : `${name} ${version}`
}

/** The file of a recording: a reference says it beside its name, a target in it. */
function recordingOf(cluster: ClusterInfo | ReferenceInfo): string | undefined {
  if ('recording' in cluster && cluster.recording !== undefined) return cluster.recording
  return /^recording:(.+)$/s.exec(cluster.name)?.[1]
}
