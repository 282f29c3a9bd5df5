/** The minor of a `gitVersion` of major 1: 21 for `v1.21.3+k3s1`; `undefined` when there is none. */
export function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)\b/.exec(version)?.[1]
  return minor === undefined ? undefined : Number(minor)
}

export function isSameMinor(a: string, b: string): boolean {
  return minorOf(a) !== undefined && minorOf(a) === minorOf(b)
}

/** The minor since which a scenario holds, from its tag `@since-1.31`; the highest if there are several. */
export function sinceOf(tags: readonly string[]): number | undefined {
  const minors = tags.flatMap((tag) => {
    const minor = /^@since-1\.(\d+)$/.exec(tag)?.[1]
    return minor === undefined ? [] : [Number(minor)]
  })
  return minors.length === 0 ? undefined : Math.max(...minors)
}
