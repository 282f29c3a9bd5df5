import type {
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Taint,
  Toleration,
} from '../../src/kubernetes/types'

/** Labels or annotations as features write them: `disk=ssd,zone=east`. */
export function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    listOf(text).map((pair) => {
      const end = pair.indexOf('=')
      return end < 0 ? [pair, ''] : [pair.slice(0, end), pair.slice(end + 1)]
    }),
  )
}

/** A taint as `kubectl taint` takes it: `dedicated=gpu:NoSchedule`. */
export function taintOf(text: string): Taint {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
  if (key === undefined || effect === undefined) throw new Error(`"${text}" is no taint`)
  return { key, effect, ...(value === undefined ? {} : { value }) }
}

/** Taints separated by commas; an empty text is none. */
export function taintsOf(text: string): readonly Taint[] {
  return listOf(text).map(taintOf)
}

/**
 * Tolerations separated by commas, each the taint that is tolerated or `{key} Exists:{effect}`; key and effect may
 * be left out, ` for 30 s` sets `tolerationSeconds`.
 */
export function tolerationsOf(text: string): readonly Toleration[] {
  return text === 'none' ? [] : listOf(text).map(tolerationOf)
}

function tolerationOf(text: string): Toleration {
  const [, what = '', seconds] = /^(.*?)(?: for (\d+) s)?$/.exec(text) ?? []
  const [, subject = '', effect] = /^(.*?)(?::(\w+))?$/.exec(what) ?? []
  return {
    ...subjectOf(subject),
    ...(effect === undefined ? {} : { effect }),
    ...(seconds === undefined ? {} : { tolerationSeconds: Number(seconds) }),
  }
}

function subjectOf(text: string): Toleration {
  const [, existing] = /^(?:(\S+) )?Exists$/.exec(text) ?? []
  if (existing !== undefined) return { key: existing, operator: 'Exists' }
  if (text === 'Exists') return { operator: 'Exists' }
  const [key = '', value = ''] = text.split('=')
  return { key, operator: 'Equal', value }
}

/** Node selector terms: `disk In ssd,nvme and zone Exists or metadata.name In node-a`; `nothing` is an empty term. */
export function nodeSelectorTermsOf(text: string): readonly NodeSelectorTerm[] {
  return text.split(' or ').map(termOf)
}

/** One term of a node selector. */
export function termOf(text: string): NodeSelectorTerm {
  if (text === 'nothing') return {}
  const requirements = text.split(' and ').map(requirementOf)
  const fields = requirements.filter(({ key }) => key === 'metadata.name')
  const labels = requirements.filter(({ key }) => key !== 'metadata.name')
  return {
    ...(labels.length === 0 ? {} : { matchExpressions: labels }),
    ...(fields.length === 0 ? {} : { matchFields: fields }),
  }
}

function requirementOf(text: string): NodeSelectorRequirement {
  const [key = '', operator = '', values] = text.split(' ')
  if (operator === '') throw new Error(`"${text}" is no requirement`)
  return { key, operator, ...(values === undefined ? {} : { values: listOf(values) }) }
}

/** The items of a text, separated by commas. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
