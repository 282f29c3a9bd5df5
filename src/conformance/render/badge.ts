import type { ConformanceReport } from '../report'

const label = 'DaemonSet conformance'
const colours = { good: '#116329', open: '#7d4e00', bad: '#a40e26' } as const

/** The answer as an endpoint badge, in the schema of shields.io. */
export function badgeJson(report: ConformanceReport): string {
  const badge = { schemaVersion: 1, label, message: messageOf(report), color: colourOf(report) }
  return `${JSON.stringify(badge)}\n`
}

/** The answer as an SVG; all words in it are ours. */
export function badgeSvg(report: ConformanceReport): string {
  const message = messageOf(report)
  const [left, right] = [widthOf(label), widthOf(message)]
  const width = left + right
  const text = (x: number, words: string): string =>
    `<text x="${x}" y="14" fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11">${words}</text>`
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${label}: ${message}">` +
    `<title>${label}: ${message}</title><rect width="${width}" height="20" rx="3" fill="#444"/>` +
    `<rect x="${left}" width="${right}" height="20" rx="3" fill="${colourOf(report)}"/>` +
    `${text(left / 2, label)}${text(left + right / 2, message)}</svg>\n`
  )
}

/** Whoever sees a badge takes it for the whole suite, so a part of it must say that it is one. */
function messageOf({ answer, totals, basis, exitCode }: ConformanceReport): string {
  if (basis.targetOnly === true) return answer
  const word = basis.filtered && exitCode === 0 ? 'filtered' : answer
  return `${word}, ${totals.verdicts.agree}/${totals.scenarios - totals.notRequired}`
}

function colourOf({ exitCode, basis }: ConformanceReport): string {
  if (exitCode === 0 && (basis.filtered || basis.targetOnly === true)) return colours.open
  if (exitCode === 0) return colours.good
  return exitCode === 4 ? colours.open : colours.bad
}

function widthOf(text: string): number {
  return text.length * 7 + 12
}
