/** As much of a Gherkin document as an id needs. */
export interface DocumentOfScenarios {
  readonly feature?: {
    readonly children: readonly (ScenarioHolder & {
      readonly rule?: { readonly name: string; readonly children: readonly ScenarioHolder[] }
    })[]
  }
}

interface ScenarioHolder {
  readonly scenario?: ScenarioNode
}

interface ScenarioNode {
  readonly id: string
  readonly name: string
  readonly examples: readonly {
    readonly tableBody: readonly { readonly id: string; readonly cells: readonly Cell[] }[]
  }[]
}

interface Cell {
  readonly value: string
}

/** As much of a pickle (one scenario, or one row of an outline) as an id needs. */
export interface PickleOfScenario {
  readonly uri: string
  readonly name: string
  readonly astNodeIds: readonly string[]
}

/**
 * The stable id of a scenario: `{feature path} > {rule} > {scenario}`, never a line number.
 *
 * Rows of an outline whose title has no `<placeholder>` would share an id, so their cells are added.
 */
export function scenarioIdOf(document: DocumentOfScenarios, pickle: PickleOfScenario): string {
  const [scenarioId = '', rowId] = pickle.astNodeIds
  const { rule, scenario } = placeOf(document, scenarioId)
  const title = scenario === undefined ? pickle.name : titleOf(scenario, rowId, pickle.name)
  return [featurePathOf(pickle.uri), ...(rule === undefined ? [] : [rule]), title].join(' > ')
}

/** The path of a feature file from `features/` on, with forward slashes. */
function featurePathOf(uri: string): string {
  const path = uri.replaceAll('\\', '/')
  const start = `/${path}`.lastIndexOf('/features/')
  return start < 0 ? path : path.slice(start + 'features/'.length)
}

function placeOf(
  { feature }: DocumentOfScenarios,
  scenarioId: string,
): { readonly rule?: string; readonly scenario?: ScenarioNode } {
  for (const { scenario, rule } of feature?.children ?? []) {
    if (scenario?.id === scenarioId) return { scenario }
    const inRule = rule?.children.find((child) => child.scenario?.id === scenarioId)?.scenario
    if (rule !== undefined && inRule !== undefined) return { rule: rule.name, scenario: inRule }
  }
  return {}
}

function titleOf(scenario: ScenarioNode, rowId: string | undefined, name: string): string {
  const row = scenario.examples.flatMap(({ tableBody }) => tableBody).find(({ id }) => id === rowId)
  if (row === undefined || /<[^<>]+>/.test(scenario.name)) return name
  return `${name} (${row.cells.map(({ value }) => value).join(', ')})`
}
