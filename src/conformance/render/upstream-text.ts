import type {
  UpstreamCoverage,
  UpstreamTestCoverage,
} from '../catalogue/upstream/upstream-coverage'

/** The table of `dsc coverage --upstream`: every upstream test with what of ours asserts the same. */
export function upstreamText({ tests, mistakes }: UpstreamCoverage): string {
  const bySource = Map.groupBy(tests, ({ test }) => test.source)
  const throughApi = tests.filter(({ test }) => test.isThroughApi)
  const withScenario = throughApi.filter(({ scenarios }) => scenarios > 0)
  return [
    ...[...bySource].flatMap(([source, of]) => [source, ...of.flatMap(linesOf)]),
    '',
    `${tests.length} upstream tests; ${throughApi.length} act through the API, and ${withScenario.length} of these have scenarios.`,
    ...mistakes,
    '',
  ].join('\n')
}

function linesOf({ test, scenarios, byTestOnly }: UpstreamTestCoverage): readonly string[] {
  const level = test.isConformance ? ' [Conformance]' : ''
  const through = test.behaviours.length === 0 ? '' : ` (${test.behaviours.join(' ')})`
  const reason = test.because === undefined ? '' : `; ${test.because}`
  const weaker = byTestOnly.length === 0 ? '' : `; by tests only: ${byTestOnly.join(' ')}`
  return [
    `  ${test.name}${level}: ${scenarios} scenarios${through}${weaker}${reason}`,
    ...test.scenarios.map((title) => `    ${title}`),
  ]
}
