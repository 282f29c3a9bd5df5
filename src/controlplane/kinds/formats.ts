/** The longest name of an object, key or subdomain. */
const subdomainLength = 253

/** What is wrong with a number that must lie within bounds. */
export function rangeText(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}

/** What is wrong with the number of a port. */
export function portNumberErrors(port: number): readonly string[] {
  return port >= 1 && port <= 65535 ? [] : [rangeText(1, 65535)]
}

/** What is wrong with the number of a user or a group. */
export function idErrors(id: number): readonly string[] {
  return id >= 0 && id <= 0x7fffffff ? [] : [rangeText(0, 0x7fffffff)]
}

/** What is wrong with the name of a port (IANA service name). */
export function portNameErrors(text: string): readonly string[] {
  return told([
    [text.length > 15, 'must be no more than 15 characters'],
    [
      !/^[-a-z0-9]+$/.test(text),
      'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    ],
    [!/[a-z]/.test(text), 'must contain at least one letter (a-z)'],
    [text.includes('--'), 'must not contain consecutive hyphens'],
    [/^-|-$/.test(text), 'must not begin or end with a hyphen'],
  ])
}

/** What is wrong with the name of an environment variable: any printable ASCII but `=` will do. */
export function environmentNameErrors(text: string): readonly string[] {
  return told([
    [text === '', 'environment variable name must be non-empty'],
    [
      !/^[\x20-\x3c\x3e-\x7e]*$/.test(text),
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
    ],
  ])
}

/** What is wrong with a key of a ConfigMap or Secret. */
export function configKeyErrors(text: string): readonly string[] {
  return told([
    [text.length > subdomainLength, `must be no more than ${subdomainLength} characters`],
    [
      !/^[-._a-zA-Z0-9]+$/.test(text),
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
    [text === '.', "must not be '.'"],
    [text === '..', "must not be '..'"],
    [text.startsWith('..') && text !== '..', "must not start with '..'"],
  ])
}

/** What is wrong with the name of an HTTP header. */
export function headerNameErrors(text: string): readonly string[] {
  return told([
    [
      !/^[-A-Za-z0-9]+$/.test(text),
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
    ],
  ])
}

/** What is wrong with a percentage such as `25%` (API-48). */
export function percentErrors(text: string): readonly string[] {
  return told([
    [
      !/^[0-9]+%$/.test(text),
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ])
}

/** What is wrong with a DNS subdomain in which underscores are welcome (DNS search paths). */
export function searchPathErrors(text: string): readonly string[] {
  return told([
    [text.length > subdomainLength, `must be no more than ${subdomainLength} characters`],
    [
      !/^_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$/.test(text),
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
    ],
  ])
}

/** What is wrong with an IP address of either family. */
export function addressErrors(text: string): readonly string[] {
  if (isIpv4(text)) return []
  if (isIpv4(text.replace(/(^|\.)0+(?=\d)/g, '$1'))) return ['must not have leading 0s']
  if (!isIpv6(text)) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  return told([[/^(0*:)*:?ffff:\d+\./i.test(text), 'must not be an IPv4-mapped IPv6 address']])
}

/** What is wrong with a block of addresses such as `10.0.0.0/24`. */
export function addressBlockErrors(text: string): readonly string[] {
  const [address = '', length = '', ...rest] = text.split('/')
  const longest = isIpv4(address) ? 32 : 128
  const valid =
    rest.length === 0 &&
    (isIpv4(address) || isIpv6(address)) &&
    /^(0|[1-9][0-9]*)$/.test(length) &&
    Number(length) <= longest
  return told([[!valid, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']])
}

/** Whether an address or block of addresses is of IP version 6. */
export function isIpv6Family(text: string): boolean {
  return text.includes(':')
}

const ipv4Byte = '(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
const ipv4Expression = new RegExp(`^(?:${ipv4Byte}\\.){3}${ipv4Byte}$`)

function isIpv4(text: string): boolean {
  return ipv4Expression.test(text)
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const words = halves.map((half) => wordsOf(half === '' ? [] : half.split(':')))
  const count = words.reduce((sum, number) => sum + number, 0)
  return halves.length === 2 ? count <= 7 : count === 8
}

/** How many 16-bit words the groups stand for; `NaN` when one of them is none. An IPv4 address may come last. */
function wordsOf(groups: readonly string[]): number {
  let count = 0
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(group)) count += 1
    else if (index === groups.length - 1 && isIpv4(group)) count += 2
    else return Number.NaN
  }
  return count
}

function told(problems: readonly (readonly [boolean, string])[]): string[] {
  return problems.flatMap(([wrong, message]) => (wrong ? [message] : []))
}
