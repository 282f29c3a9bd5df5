import type { Container, PodSpec } from '../../kubernetes/types'
import { checkDnsSubdomain, type Problems } from './checks'
import { invalidValue } from './field-error'
import { containersOf } from './pod-volumes'

type WindowsOptions = NonNullable<NonNullable<Container['securityContext']>['windowsOptions']>

const longest = { credentialSpecKiB: 64, domain: 255, user: 104 } as const

/** What is wrong with the options of Windows containers. */
export function checkWindowsOptions(
  problems: Problems,
  path: string,
  options: WindowsOptions | undefined,
): void {
  if (options === undefined) return
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  if (gmsaCredentialSpecName !== undefined) {
    checkDnsSubdomain(problems, `${path}.gmsaCredentialSpecName`, gmsaCredentialSpecName)
  }
  if (gmsaCredentialSpec !== undefined) {
    const at = `${path}.gmsaCredentialSpec`
    if (gmsaCredentialSpec === '') {
      const detail = 'gmsaCredentialSpec cannot be an empty string'
      problems.push(invalidValue(at, gmsaCredentialSpec, detail))
    } else if (gmsaCredentialSpec.length > longest.credentialSpecKiB * 1024) {
      const detail = `gmsaCredentialSpec size must be under ${longest.credentialSpecKiB} KiB`
      problems.push(invalidValue(at, gmsaCredentialSpec, detail))
    }
  }
  if (runAsUserName === undefined) return
  for (const detail of userNameErrors(runAsUserName)) {
    problems.push(invalidValue(`${path}.runAsUserName`, runAsUserName, detail))
  }
}

/** A pod runs as a process of its host with all its containers, or with none. */
export function checkHostProcess(problems: Problems, path: string, spec: PodSpec): void {
  const own = spec.securityContext?.windowsOptions?.hostProcess
  let count = 0
  let processes = 0
  for (const [at, { securityContext }] of containersOf(spec, path)) {
    const theirs = securityContext?.windowsOptions?.hostProcess
    if (own !== undefined && theirs !== undefined && own !== theirs) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${own}`
      problems.push(
        invalidValue(`${at}.securityContext.windowsOptions.hostProcess`, theirs, detail),
      )
    }
    count++
    if (theirs ?? own === true) processes++
  }
  if (processes === 0) return
  if (processes < count) {
    const detail =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    problems.push(invalidValue(path, '', detail))
  }
  if (spec.hostNetwork !== true) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers'
    problems.push(invalidValue(`${path}.hostNetwork`, false, detail))
  }
}

/** `DOMAIN\user` or `user`. */
function userNameErrors(name: string): readonly string[] {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (/\p{Cc}/u.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const user = parts.at(-1) ?? ''
  return [...domainErrors(parts.length === 2 ? parts[0] : undefined), ...userErrors(user)]
}

function domainErrors(domain: string | undefined): readonly string[] {
  if (domain === undefined) return []
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
  const fits =
    /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/.test(domain) ||
    new RegExp(`^${label}(?:\\.${label})*$`).test(domain)
  return [
    ...(domain.length > longest.domain
      ? [`runAsUserName's Domain length must be under ${longest.domain + 1} characters`]
      : []),
    ...(fits ? [] : ["runAsUserName's Domain doesn't match the NetBios nor the DNS format"]),
  ]
}

function userErrors(user: string): readonly string[] {
  const errors: string[] = []
  if (user === '') errors.push("runAsUserName's User cannot be empty")
  if (user.length > longest.user) {
    errors.push(`runAsUserName's User length must not be longer than ${longest.user} characters`)
  }
  if (/^[. ]+$/.test(user)) {
    errors.push("runAsUserName's User cannot contain only periods or spaces")
  }
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    errors.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]')
  }
  return errors
}
