/** The characters of generated names and of hashes. */
const generated = '[bcdfghjklmnpqrstvwxz2456789]'

const address = String.raw`\b\d+\.\d+\.\d+\.\d+\b`

/** What nobody promises, and the word that takes its place. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/\S*\/(LIVE|MERGED)-\d+/g, '$1'],
  [new RegExp(`https?://(?:${address}|localhost)(?::\\d+)?`, 'g'), 'https://SERVER'],
  [new RegExp(`${address}(?::\\d+)?`, 'g'), 'ADDRESS'],
  [/^(TargetPort: +)\d+/g, '$1PORT'],
  [/\bapiserver-[a-z2-7]{26}/g, 'apiserver-NAME'],
  [/(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b/g, 'ID'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000/g, 'TIME'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/g, 'TIME'],
  [/(resourceVersion"?: )"\d+"/g, '$1VERSION'],
  [new RegExp(`(controller-revision-hash\\W+)${generated}{6,10}\\b`, 'g'), '$1HASH'],
  [new RegExp(`-${generated}{6,10}(?![\\w-])`, 'g'), '-HASH'],
  [new RegExp(`-${generated}{5}(?![\\w-])`, 'g'), '-NAME'],
  // Milli-CPUs look like minutes; they stand after the word, or before a percentage.
  [/(?<!cpu\W+)\b(?:\d+(?:ms|[smhd]))+\b(?! \(\d)/g, 'AGE'],
  // Columns are as wide as what stands in them. What a line begins with is left: it has a meaning in YAML.
  [/(?<=\S) {2,}/g, ' '],
]

/** How far a rollout has come when a client looks depends on how fast both are. */
const progress = /^Waiting for daemon set /

/** The lines of an output, without what differs between two runs of the same command on the same cluster. */
export function normalOutput(
  text: string,
  { inAnyOrder = false }: { readonly inAnyOrder?: boolean } = {},
): readonly string[] {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !progress.test(line))
    .map((line) => replaced(line).trimEnd())
  if (lines.length === 1 && lines[0] === '') return []
  if (inAnyOrder) return lines.sort()
  // Events of the same second are described in any order.
  const events = lines.indexOf('Events:') + 1
  return events === 0 ? lines : [...lines.slice(0, events), ...lines.slice(events).sort()]
}

function replaced(line: string): string {
  return replacements.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), line)
}
