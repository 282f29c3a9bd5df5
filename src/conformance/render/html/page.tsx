import { render } from 'preact-render-to-string'
import type { ConformanceReport } from '../../report'
import { standingsIn } from '../standing'
import { Answer } from './answer'
import { Behaviours } from './behaviours'
import { Evidence } from './evidence'
import { ScenarioList } from './scenario-list'
import { pageScript, scriptHash } from './script'
import { pageStyle } from './style'
import { Upstream } from './upstream'
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

const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`

function Page({ report }: { readonly report: ConformanceReport }) {
  const scenarios = standingsIn(report)
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{`DaemonSet conformance: ${report.answer}`}</title>
        <link rel="icon" href="data:," />
        {/* A constant of ours: nothing of the report is in it. */}
        <style dangerouslySetInnerHTML={{ __html: pageStyle }} />
      </head>
      <body>
        <a class="skip" href="#scenarios">
          Skip to the scenarios
        </a>
        <Answer report={report} scenarios={scenarios} />
        <main>
          <Evidence report={report} />
          <ScenarioList report={report} scenarios={scenarios} />
          {report.versions && <Versions table={report.versions} report={report} />}
          <Behaviours report={report} />
          {report.upstream && <Upstream upstream={report.upstream} report={report} />}
        </main>
        <Footer report={report} />
        {/* A constant of ours: nothing of the report is in it. */}
        <script dangerouslySetInnerHTML={{ __html: pageScript }} />
      </body>
    </html>
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
