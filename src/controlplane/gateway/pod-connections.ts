import { StatusError } from '../../kubernetes/status-error'
import type { Container, Pod } from '../../kubernetes/types'
import type { ApiServer } from '../api-server'
import { badRequest } from '../refusals'
import { sendText } from './answer'
import type { ResourceRoute } from './request-path'
import type { Exchange } from './resource-handler'

/** Answers `pods/{p}/log`: simulated containers say in one line what they are (API-234). */
export function logOf(
  server: ApiServer,
  route: ResourceRoute,
  { searchParams }: URL,
  { request, response }: Exchange,
): void {
  const pod = podOf(server, route)
  const container = containerOf(pod, searchParams.get('container') ?? '')
  if ((pod.spec.nodeName ?? '') === '') {
    response.writeHead(204).end()
    return
  }
  const { state } = statusOf(pod, container) ?? {}
  if (state?.running === undefined && state?.terminated === undefined) {
    const why = state?.waiting?.reason ?? 'ContainerCreating'
    throw badRequest(
      `container ${JSON.stringify(container.name)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${why}`,
    )
  }
  const since = state.running?.startedAt ?? state.terminated?.startedAt ?? ''
  const line = `${since} simulated container ${container.name} (${container.image ?? ''}): nothing runs here\n`
  sendText(request, response, 200, line)
}

/** Refuses `exec` and its like at once: a request left open would hang the client (API-234). */
export function connectPod(server: ApiServer, route: ResourceRoute): never {
  const pod = podOf(server, route)
  if ((pod.spec.nodeName ?? '') === '') {
    throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
  }
  throw new StatusError(
    '',
    `pod ${pod.metadata.name} is simulated: it has no process to ${route.subresource?.name ?? 'connect'} to`,
    { code: 501 },
  )
}

function podOf(server: ApiServer, { namespace, name }: ResourceRoute): Pod {
  const result = server.handle({ verb: 'get', kind: 'Pod', namespace, name, userAgent: 'gateway' })
  if (result.type !== 'object') throw new Error('the API server answered a get with no object')
  return result.object as Pod
}

function containerOf({ spec, metadata }: Pod, name: string): Container {
  const all: readonly Container[] = [...(spec.initContainers ?? []), ...spec.containers]
  if (name === '') {
    const [only, ...more] = spec.containers
    if (only !== undefined && more.length === 0) return only
    const names = spec.containers.map((container) => container.name).join(' ')
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names}]`,
    )
  }
  const found = all.find((container) => container.name === name)
  if (found === undefined) {
    throw badRequest(`container ${name} is not valid for pod ${metadata.name}`)
  }
  return found
}

function statusOf({ status }: Pod, { name }: Container) {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    (candidate) => candidate.name === name,
  )
}
