import { minorOf, sinceOf } from './kubernetes-version'
import type { ClusterInfo, ScenarioText } from './scenario-run'

/** The tag of scenarios that need nodes which run containers. */
const realKubelet = '@real-kubelet'

/** Whether the nodes of a cluster are there before the scenarios and run containers. */
export function hasRealNodes({ provenance }: Pick<ClusterInfo, 'provenance'>): boolean {
  return /^real:\d+$/.test(provenance['nodes'] ?? '')
}

/** Why a scenario does not apply to a cluster whatever its version; absent: it does. */
export function unfitNodesOf(
  { tags }: Pick<ScenarioText, 'tags'>,
  cluster: Pick<ClusterInfo, 'provenance'>,
): string | undefined {
  const needsReal = tags.includes(realKubelet)
  if (needsReal === hasRealNodes(cluster)) return undefined
  return needsReal
    ? 'it needs nodes that run containers, such as those of k3s?nodes=real:2'
    : 'it makes simulated nodes of its own, and the nodes of this cluster are real'
}

/** The tag expression that leaves out what does not apply to a cluster, and slow scenarios unless wanted. */
export function applicable(
  scenarios: readonly ScenarioText[],
  cluster: Pick<ClusterInfo, 'version' | 'provenance'>,
  slow: boolean,
): { readonly expression: string; readonly scenarios: readonly ScenarioText[] } {
  const minor = minorOf(cluster.version) ?? Number.POSITIVE_INFINITY
  const tags = new Set(scenarios.flatMap(({ tags }) => tags))
  const excluded = [...tags].filter((tag) => {
    const since = sinceOf([tag])
    return (since !== undefined && since > minor) || (tag === '@slow' && !slow)
  })
  const fits = scenarios.filter((scenario) => unfitNodesOf(scenario, cluster) === undefined)
  const nodes = hasRealNodes(cluster) ? realKubelet : `not ${realKubelet}`
  return {
    expression: [nodes, ...excluded.map((tag) => `not ${tag}`)].join(' and '),
    scenarios: fits.filter(({ tags }) => !tags.some((tag) => excluded.includes(tag))),
  }
}
