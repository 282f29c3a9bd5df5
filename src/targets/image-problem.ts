import { EnvironmentError, messageOf } from './errors'

/** How many images that are there are named; the engine tells of all. */
const maxNamed = 5

/**
 * What to tell people about an image that is not there and cannot be pulled.
 *
 * `others`: names of the images of k3s that the engine has.
 */
export function imageProblem(
  image: string,
  others: readonly string[],
  cause: unknown,
): EnvironmentError {
  const [other] = others
  const found =
    other === undefined
      ? 'the container engine has no image of k3s'
      : `the container engine has only ${others.slice(0, maxNamed).join(', ')}`
  const mends = [
    ...(other === undefined ? [] : [`use one that is there, e.g. --image ${other}`]),
    `bring it in where there is a network by docker pull ${image}`,
    'or compare with a recording by --reference recording:<path>',
  ]
  return new EnvironmentError(
    `the image ${image} is wanted, ${found}, and it cannot be pulled (${pullProblem(cause)})`,
    { mend: mends.join(', '), cause },
  )
}

/** What engines say, in the words of their library, and what it means. */
const meanings: readonly (readonly [RegExp, (...parts: readonly string[]) => string])[] = [
  [
    /lookup (\S+?)(?: on \S+)?: (?:no such host|.*(?:server misbehaving|try again))/i,
    (host = '') => `no network here, or no registry ${host}: its name has no address`,
  ],
  [/dial tcp (\S+?): connect: connection refused/, (host = '') => `nothing answers at ${host}`],
  [
    /(?:i\/o timeout|deadline exceeded|awaiting headers|network is unreachable|no route to host)/i,
    () => 'the registry cannot be reached',
  ],
  [/x509|certificate/i, () => 'the engine does not trust the certificate of the registry'],
  [/manifest unknown|manifest for .* not found|not found/i, () => 'its registry has no such image'],
  [
    /unauthorized|denied|authentication required/i,
    () => 'its registry wants other credentials, or has no such image',
  ],
  [/toomanyrequests|rate limit/i, () => 'its registry has had too many requests from here'],
]

/** Why a pull failed: what it means where that is known, else the engine's own words without those of the way to it. */
export function pullProblem(cause: unknown): string {
  const text = messageOf(cause)
  for (const [pattern, meaning] of meanings) {
    const [found, ...parts] = pattern.exec(text) ?? []
    if (found !== undefined) return meaning(...parts)
  }
  return text.replace(/^\(HTTP code \d+\) [a-z ]+ - /, '').replace(/^Get "[^"]*": /, '')
}
