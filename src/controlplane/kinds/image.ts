const pathPattern = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const hostPattern = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?'
const digestPattern = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'

/** A host may come first, a tag and a digest last. */
const imageExpression = new RegExp(
  `^(?:${hostPattern}/)?${pathPattern}(?:/${pathPattern})*(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>${digestPattern}))?$`,
)

/** `Always` for images with the tag `latest`, or with neither tag nor digest. */
export function pullPolicyOf(image: string): 'Always' | 'IfNotPresent' {
  const parts = imageExpression.exec(image)?.groups
  if (parts === undefined) return 'IfNotPresent'
  const { tag = parts['digest'] === undefined ? 'latest' : '' } = parts
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}
