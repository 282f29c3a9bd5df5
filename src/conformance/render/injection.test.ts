import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { convert } from 'xmlbuilder2'
import type { ScenarioEvidence } from '../judgement'
import type { ScenarioRun } from '../scenario-run'
import { browserPath, skipWithoutBrowser } from '../testing/browser'
import { reportWith, scenarioNamed } from '../testing/evidence'
import { injectionVectors } from '../testing/injection-vectors'
import { annotationsOf } from './annotations'
import { badgeJson, badgeSvg } from './badge'
import { htmlReport } from './html/page'
import { junitReport } from './junit'
import { markdownReport } from './markdown'
import { terminalReport } from './terminal'

/** A scenario in which every text is the vector. */
function hostile(text: string, index: number): ScenarioEvidence {
  const base = scenarioNamed(text)
  const scenario = {
    ...base,
    id: `${index} ${text}`,
    uri: text,
    feature: text,
    rule: text,
    tags: [text],
  }
  const run = (outcome: 'passed' | 'failed'): ScenarioRun => ({
    scenario,
    outcome,
    message: text,
    steps: [{ keyword: text, text, outcome, durationMilliseconds: 1, message: text }],
    durationSeconds: 1,
    observation: {
      endState: {
        DaemonSet: { [text]: { spec: { text } } },
        Node: { [text]: { labels: { [text]: text }, taints: [text] } },
      },
      history: {
        pods: {},
        revisions: {},
        events: [text],
        traces: { [text]: [{ at: 1, what: text }] },
      },
      refusals: [{ request: text, code: 422, reason: text, message: text, causes: [text] }],
      timeline: [
        { at: 0, node: text, state: text },
        { at: 1, node: text, pod: text, state: text, revision: text },
      ],
      placements: { [text]: { [text]: text } },
    },
    attempts: [{ outcome, message: text, durationSeconds: 1, differs: text }],
  })
  return { scenario, target: run('failed'), reference: run('passed') }
}

const report = reportWith(injectionVectors.map(hostile))

describe('five hundred hostile texts', () => {
  it('are five hundred', () => {
    assert.equal(injectionVectors.length, 500)
  })

  it('stay text in JUnit XML, Markdown, terminal, annotations and badge', () => {
    const suites = convert(junitReport(report), { format: 'object' }) as {
      testsuites: { '@tests': string }
    }
    assert.equal(suites.testsuites['@tests'], '500')
    const markdown = markdownReport(report)
    assert.doesNotMatch(markdown, /<(script|img|svg|b|iframe)|\]\(|https?:\/\//)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not come through
    const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
    assert.doesNotMatch(terminalReport(report), steering)
    const annotations = annotationsOf(report, { GITHUB_ACTIONS: 'true' })
    for (const line of annotations.trimEnd().split('\n'))
      assert.match(line, /^::error file=[^,:]*,line=\d+,title=[^,:]*::/)
    assert.doesNotMatch(badgeSvg(report) + badgeJson(report), /script|onerror/)
  })

  it('stay text in the HTML report in a headless browser', {
    skip: skipWithoutBrowser,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-injection-'))
    try {
      const file = join(folder, 'report.html')
      writeFileSync(file, htmlReport(report))
      const dom = await domOf(file, folder)
      assert.equal(dom.match(/class="scenario"/g)?.length, 500)
      assert.doesNotMatch(dom.slice(0, dom.indexOf('<body')), /data-broken/)
      assert.equal(dom.match(/<script/g)?.length, 1)
      assert.doesNotMatch(dom, /<(img|iframe|object|base|video|template|math)[\s>]/)
      // The page's own script has run in spite of everything.
      assert.match(dom, /role="button"/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** The page as it stands after its scripts have run. */
async function domOf(file: string, folder: string): Promise<string> {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${join(folder, 'profile')}`,
  ]
  const { stdout } = await promisify(execFile)(
    browserPath ?? '',
    [...flags, '--virtual-time-budget=3000', '--dump-dom', pathToFileURL(file).href],
    { maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
  )
  return stdout
}
