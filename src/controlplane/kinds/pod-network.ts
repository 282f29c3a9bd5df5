import type { PodSpec } from '../../kubernetes/types'
import { checkDnsSubdomain, checkFormat, type Problems } from './checks'
import { invalidValue, required } from './field-error'
import { addressErrors, searchPathErrors } from './formats'

const limits = { nameservers: 3, searches: 32, searchCharacters: 2048 } as const

/** The resolver of a pod; the policy `None` leaves it all to this. */
export function checkDnsConfig(
  problems: Problems,
  path: string,
  { dnsPolicy, dnsConfig }: PodSpec,
): void {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {}
  if (dnsPolicy === 'None' && dnsConfig === undefined) {
    problems.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'))
    return
  }
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
    problems.push(required(`${path}.nameservers`, detail))
    return
  }
  if (nameservers.length > limits.nameservers) {
    const detail = `must not have more than ${limits.nameservers} nameservers`
    problems.push(invalidValue(`${path}.nameservers`, nameservers, detail))
  }
  for (const [index, address] of nameservers.entries()) {
    checkFormat(problems, `${path}.nameservers[${index}]`, address, addressErrors(address))
  }
  checkSearches(problems, `${path}.searches`, searches)
  for (const [index, { name }] of options.entries()) {
    if (!name) problems.push(required(`${path}.options[${index}]`, 'must not be empty'))
  }
}

/** Lines for the pod's hosts file. */
export function checkHostAliases(
  problems: Problems,
  path: string,
  aliases: NonNullable<PodSpec['hostAliases']>,
): void {
  for (const [index, { ip = '', hostnames = [] }] of aliases.entries()) {
    checkFormat(problems, `${path}[${index}].ip`, ip, addressErrors(ip))
    for (const [nameIndex, name] of hostnames.entries()) {
      checkDnsSubdomain(problems, `${path}[${index}].hostnames[${nameIndex}]`, name)
    }
  }
}

function checkSearches(problems: Problems, path: string, searches: readonly string[]): void {
  if (searches.length > limits.searches) {
    const detail = `must not have more than ${limits.searches} search paths`
    problems.push(invalidValue(path, searches, detail))
  }
  if (searches.join(' ').length > limits.searchCharacters) {
    const detail = `must not have more than ${limits.searchCharacters} characters (including spaces) in the search list`
    problems.push(invalidValue(path, searches, detail))
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue
    const name = search.replace(/\.$/, '')
    checkFormat(problems, `${path}[${index}]`, name, searchPathErrors(name))
  }
}
