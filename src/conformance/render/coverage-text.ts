import {
  type BehaviourCoverage,
  behavioursOf,
  type CatalogueCoverage,
  type Coverage,
  idsThatAre,
} from '../catalogue/coverage'
import type { CatalogueTotals, CoverageTotal } from '../catalogue/report-coverage'

/** How wide the lists of ids are printed. */
const width = 100
const indent = '    '
/** How many mistakes are printed before the rest is only counted. */
const maxMistakes = 100

/** The tables of `dsc coverage`: per catalogue a row for each group, with the ids that lack a proof. */
export function coverageText(
  coverage: Coverage,
  inReport: readonly CatalogueTotals[] | undefined,
): string {
  return [
    ...[coverage.daemonSet, coverage.controlPlane].flatMap((catalogue) => [
      ...tableOf(
        coverage,
        catalogue,
        inReport?.find(({ name }) => name === catalogue.name),
      ),
      '',
    ]),
    ...verdictOf(coverage),
    '',
  ].join('\n')
}

function tableOf(
  coverage: Coverage,
  catalogue: CatalogueCoverage,
  totals: CatalogueTotals | undefined,
): readonly string[] {
  const header = [
    'group',
    'behaviours',
    'by scenario',
    'by test only',
    'unproven',
    ...(totals === undefined ? [] : ['on target', 'on reference', 'on both']),
  ]
  const rows = catalogue.groups.flatMap((group) => [
    row(cellsOf(group, totals?.groups), header),
    ...wrapped(idsThatAre('unproven', group.behaviours)),
  ])
  const all = { name: 'all', behaviours: behavioursOf(catalogue) }
  const sum = totals === undefined ? undefined : [sumOf(totals.groups)]
  const outOfScope = idsThatAre('outOfScope', all.behaviours).length
  return [
    `Behaviours of the ${catalogue.name}`,
    row(header, header),
    ...rows,
    row(cellsOf(all, sum), header),
    ...(outOfScope === 0 ? [] : [`${outOfScope} of them are out of scope and need no proof.`]),
    // Around DaemonSets a test of the requests themselves is as good a proof.
    ...(catalogue === coverage.daemonSet ? reasonsForTests(all.behaviours) : []),
  ]
}

function cellsOf(
  group: { readonly name: string; readonly behaviours: readonly BehaviourCoverage[] },
  totals: readonly Numbers[] | undefined,
): readonly string[] {
  const { name, behaviours } = group
  const total = totals?.find((each) => each.name === name)
  const numbers = [
    behaviours.length,
    idsThatAre('proven', behaviours).length,
    idsThatAre('byTestOnly', behaviours).length,
    idsThatAre('unproven', behaviours).length,
    ...(totals === undefined
      ? []
      : [total?.onTarget ?? 0, total?.onReference ?? 0, total?.onBoth ?? 0]),
  ]
  return [name, ...numbers.map(String)]
}

type Numbers = Pick<CoverageTotal, 'name' | 'onTarget' | 'onReference' | 'onBoth'>

function sumOf(totals: readonly CoverageTotal[]): Numbers {
  const sum = (key: 'onTarget' | 'onReference' | 'onBoth'): number =>
    totals.reduce((all, total) => all + total[key], 0)
  return {
    name: 'all',
    onTarget: sum('onTarget'),
    onReference: sum('onReference'),
    onBoth: sum('onBoth'),
  }
}

function row(cells: readonly string[], header: readonly string[]): string {
  const [name = '', ...numbers] = cells
  const padded = numbers.map((cell, index) => cell.padStart((header[index + 1] ?? '').length))
  return [name.padEnd(9), ...padded].join('  ')
}

/** Why behaviours are proven by tests only, each reason with the behaviours for which it holds. */
function reasonsForTests(behaviours: readonly BehaviourCoverage[]): readonly string[] {
  const byTest = behaviours.filter(({ standing }) => standing === 'byTestOnly')
  if (byTest.length === 0) return []
  const byReason = Map.groupBy(byTest, ({ behaviour }) => behaviour.because ?? 'no reason is given')
  return [
    `${byTest.length} are proven by tests only, because no scenario can show them:`,
    ...[...byReason].flatMap(([reason, all]) => [
      `  ${reason}`,
      ...wrapped(all.map(({ behaviour: { id } }) => id)),
    ]),
  ]
}

function verdictOf({ daemonSet, controlPlane, mistakes }: Coverage): readonly string[] {
  const missing = [daemonSet, controlPlane].flatMap((catalogue) => {
    const count = idsThatAre('unproven', behavioursOf(catalogue)).length
    return count === 0 ? [] : [`${count} behaviours of the ${catalogue.name} have no proof.`]
  })
  const rest = mistakes.length - maxMistakes
  return [
    ...mistakes.slice(0, maxMistakes),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(missing.length + mistakes.length === 0 ? ['Every behaviour has its proof.'] : missing),
  ]
}

function wrapped(ids: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const id of ids) {
    const line = lines.at(-1)
    if (line === undefined || line.length + id.length + 1 > width) lines.push(`${indent}${id}`)
    else lines[lines.length - 1] = `${line} ${id}`
  }
  return lines
}

/** What `dsc coverage --json` prints: the DaemonSet catalogue, and the other one beside it. */
export function coverageJson(
  { daemonSet, controlPlane, mistakes }: Coverage,
  inReport: readonly CatalogueTotals[] | undefined,
): string {
  const of = (catalogue: CatalogueCoverage): object => {
    const behaviours = behavioursOf(catalogue)
    const totals = inReport?.find(({ name }) => name === catalogue.name)
    const sum = totals === undefined ? undefined : sumOf(totals.groups)
    return {
      behaviours: behaviours.length,
      proven: idsThatAre('proven', behaviours).length,
      byTestOnly: idsThatAre('byTestOnly', behaviours).length,
      unproven: idsThatAre('unproven', behaviours),
      outOfScope: idsThatAre('outOfScope', behaviours),
      ...(sum === undefined
        ? {}
        : { onTarget: sum.onTarget, onReference: sum.onReference, onBoth: sum.onBoth }),
    }
  }
  return `${JSON.stringify({ ...of(daemonSet), controlPlane: of(controlPlane), mistakes }, undefined, 2)}\n`
}
