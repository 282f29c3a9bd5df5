import type { Container, PodSpec } from '../../kubernetes/types'
import { checkFormat, checkNonNegative, checkPresent, type Problems } from './checks'
import { forbidden, invalidValue, notSupported, required } from './field-error'
import { headerNameErrors, portNameErrors, portNumberErrors } from './formats'

type Probe = NonNullable<Container['readinessProbe']>
type Lifecycle = NonNullable<Container['lifecycle']>
type HttpGet = NonNullable<Probe['httpGet']>

/** What a pod says that its handlers must fit. */
export type Surroundings = Pick<PodSpec, 'terminationGracePeriodSeconds'>

/** All three probes of a container. */
export function checkProbes(
  problems: Problems,
  path: string,
  container: Container,
  pod: Surroundings,
): void {
  const { livenessProbe, readinessProbe, startupProbe } = container
  checkProbe(problems, `${path}.livenessProbe`, livenessProbe, pod)
  checkSuccessThreshold(problems, `${path}.livenessProbe`, livenessProbe)
  checkProbe(problems, `${path}.readinessProbe`, readinessProbe, pod)
  if (readinessProbe?.terminationGracePeriodSeconds !== undefined) {
    problems.push(
      invalidValue(
        `${path}.readinessProbe.terminationGracePeriodSeconds`,
        readinessProbe.terminationGracePeriodSeconds,
        'must not be set for readinessProbes',
      ),
    )
  }
  checkProbe(problems, `${path}.startupProbe`, startupProbe, pod)
  checkSuccessThreshold(problems, `${path}.startupProbe`, startupProbe)
}

/** What runs after a container has started and before it is stopped. */
export function checkLifecycle(
  problems: Problems,
  path: string,
  lifecycle: Lifecycle | undefined,
  pod: Surroundings,
): void {
  if (lifecycle === undefined) return
  const { postStart, preStop } = lifecycle
  if (postStart !== undefined) checkHandler(problems, `${path}.postStart`, postStart, pod)
  if (preStop !== undefined) checkHandler(problems, `${path}.preStop`, preStop, pod)
}

/** A port by number or by name. */
export function checkPort(
  problems: Problems,
  path: string,
  port: number | string | undefined,
): void {
  const value = port ?? 0
  const messages = typeof value === 'number' ? portNumberErrors(value) : portNameErrors(value)
  checkFormat(problems, path, value, messages)
}

function checkProbe(
  problems: Problems,
  path: string,
  probe: Probe | undefined,
  pod: Surroundings,
): void {
  if (probe === undefined) return
  checkHandler(problems, path, probe, pod)
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    checkNonNegative(problems, `${path}.${field}`, probe[field])
  }
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) {
    const at = `${path}.terminationGracePeriodSeconds`
    problems.push(invalidValue(at, grace, 'must be greater than 0'))
  }
}

function checkSuccessThreshold(problems: Problems, path: string, probe: Probe | undefined): void {
  if (probe === undefined || probe.successThreshold === 1) return
  problems.push(invalidValue(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> &
  Pick<NonNullable<Lifecycle['preStop']>, 'sleep'>

/** Exactly one way to do it. */
function checkHandler(problems: Problems, path: string, handler: Handler, pod: Surroundings): void {
  let count = 0
  const handled = <T>(name: string, action: T | undefined, check: (action: T) => void): void => {
    if (action === undefined) return
    if (count > 0) {
      problems.push(forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'))
    } else check(action)
    count++
  }
  handled('exec', handler.exec, ({ command }) => {
    if ((command ?? []).length === 0) problems.push(required(`${path}.exec.command`))
  })
  handled('httpGet', handler.httpGet, (get) => checkHttpGet(problems, `${path}.httpGet`, get))
  handled('tcpSocket', handler.tcpSocket, ({ port }) =>
    checkPort(problems, `${path}.tcpSocket.port`, port),
  )
  handled('grpc', handler.grpc, ({ port }) => checkPort(problems, `${path}.grpc.port`, port))
  handled('sleep', handler.sleep, ({ seconds }) =>
    checkSleep(problems, `${path}.sleep`, seconds ?? 0, pod),
  )
  if (count === 0) problems.push(required(path, 'must specify a handler type'))
}

function checkHttpGet(problems: Problems, path: string, get: HttpGet): void {
  checkPresent(problems, `${path}.path`, get.path)
  checkPort(problems, `${path}.port`, get.port)
  const { scheme = '' } = get
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    problems.push(notSupported(`${path}.scheme`, scheme, ['HTTP', 'HTTPS']))
  }
  for (const { name = '' } of get.httpHeaders ?? []) {
    checkFormat(problems, `${path}.httpHeaders`, name, headerNameErrors(name))
  }
}

function checkSleep(
  problems: Problems,
  path: string,
  seconds: number,
  { terminationGracePeriodSeconds: grace }: Surroundings,
): void {
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
  problems.push(invalidValue(path, seconds, detail))
}
