import type { ConformanceReport } from '../../report'

/** What narrows the list of scenarios: text, tag, verdict, group. */
export function Filters({ report }: { readonly report: ConformanceReport }) {
  const { totals, scenarios } = report
  const tags = [...new Set(scenarios.flatMap(({ scenario }) => scenario.tags))].sort()
  return (
    <form id="filters" aria-label="Filter the scenarios">
      <label>
        Text <input type="search" name="text" placeholder="name, step or message" />
      </label>
      <label>
        Tag <input type="search" name="tag" list="tags" placeholder="@core" />
      </label>
      <datalist id="tags">
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <label>
        Verdict{' '}
        <select name="verdict">
          <option value="">all ({totals.scenarios})</option>
          {Object.entries(totals.verdicts).map(([verdict, count]) => (
            <option key={verdict} value={verdict}>
              {verdict} ({count})
            </option>
          ))}
        </select>
      </label>
      <label>
        Group{' '}
        <select name="group">
          <option value="">all</option>
          {totals.groups.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <output id="shown" aria-live="polite">
        {totals.scenarios} shown
      </output>
    </form>
  )
}
