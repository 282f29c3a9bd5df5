import type { PlainAnswer } from '../../src/targets/plain-request'

/** The texts of the warnings that an answer carries (API-139). */
export function warningsIn({ headers }: Pick<PlainAnswer, 'headers'>): readonly string[] {
  return (headers['warning'] ?? []).map((line) => {
    const [, text] = /^299 \S+ "((?:[^"\\]|\\.)*)"$/.exec(line) ?? []
    if (text === undefined) throw new Error(`"${line}" is no warning of an API server`)
    return text.replace(/\\(.)/g, '$1')
  })
}
