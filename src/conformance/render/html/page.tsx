import { render } from 'preact-render-to-string'
import type { ConformanceReport } from '../../report'
import { ScenarioSection } from './scenario'
import { pageScript, scriptHash } from './script'
import { Section } from './section'
import { pageStyle } from './style'
import { Answer, Groups, Totals } from './summary'
import { Legend } from './swimlanes'
import { Versions } from './versions'

/**
 * The report as one offline HTML file.
 *
 * Everything that came from a cluster or a feature is a text node or an attribute value set by the view
 * library. The only script is ours, the same for every report, and the content security policy admits
 * nothing else.
 */
export function htmlReport(report: ConformanceReport): string {
  return `<!doctype html>\n${render(<Page report={report} />)}\n`
}

function Page({ report }: { readonly report: ConformanceReport }) {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${scriptHash}'`
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`DaemonSet conformance: ${report.answer}`}</title>
        <link rel="icon" href="data:," />
        {/* A constant of ours: nothing of the report is in it. */}
        <style dangerouslySetInnerHTML={{ __html: pageStyle }} />
      </head>
      <body>
        <a class="skip" href="#scenarios">
          Skip to the scenarios
        </a>
        <Answer report={report} />
        <main>
          <Totals report={report} />
          <Groups report={report} />
          {report.versions && <Versions table={report.versions} />}
          <Section id="scenarios" title="Scenarios">
            <Filters report={report} />
            <Legend />
            <div id="list">
              {report.scenarios.map((verdict) => (
                <ScenarioSection key={verdict.scenario.id} verdict={verdict} report={report} />
              ))}
            </div>
          </Section>
        </main>
        <Footer report={report} />
        {/* A constant of ours: nothing of the report is in it. */}
        <script dangerouslySetInnerHTML={{ __html: pageScript }} />
      </body>
    </html>
  )
}

function Filters({ report }: { readonly report: ConformanceReport }) {
  const { totals } = report
  return (
    <form id="filters" aria-label="Filter the scenarios">
      <label>
        Text <input type="search" name="text" placeholder="name, tag or message" />
      </label>
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

function Footer({
  report: { metadata, scenarios, exitCode },
}: {
  readonly report: ConformanceReport
}) {
  return (
    <footer>
      <p>
        Run again: <code>{metadata.reproduce}</code>
      </p>
      <p>
        {scenarios.length} scenarios, exit code {exitCode}, seed {metadata.seed}, features{' '}
        <code>{metadata.featuresHash.slice(0, 12)}</code>, daemonset-conformance{' '}
        {metadata.toolVersion}, {metadata.createdAt}
      </p>
    </footer>
  )
}
