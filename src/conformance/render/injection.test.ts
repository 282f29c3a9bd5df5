import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { convert } from 'xmlbuilder2'
import type { ExpectedDifference } from '../expected-differences'
import type { ScenarioEvidence } from '../judgement'
import type { ConformanceReport } from '../report'
import type { ScenarioRun } from '../scenario-run'
import { openPage, skipWithoutBrowser } from '../testing/browser'
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
    tags: [text, `@${text}`, '@core', '@PLACE-01'],
  }
  const run = (outcome: 'passed' | 'failed'): ScenarioRun => ({
    scenario,
    outcome,
    message: text,
    steps: [
      {
        keyword: text,
        text,
        outcome,
        durationMilliseconds: 1,
        message: text,
        table: [[text, text]],
        docString: text,
      },
    ],
    durationSeconds: 1,
    observation: {
      endState: {
        DaemonSet: { [text]: { spec: { text }, metadata: { labels: { [text]: text } } } },
        Node: { [text]: { labels: { [text]: text }, taints: [text] } },
      },
      history: {
        pods: {},
        revisions: {},
        events: [text],
        traces: { [text]: [{ at: outcome === 'passed' ? 1 : 9000, what: text }] },
      },
      eventCounts: { [text]: 2 },
      refusals: [{ request: text, code: 422, reason: text, message: text, causes: [text] }],
      timeline: [
        { at: 0, node: text, state: text },
        { at: 1, node: text, pod: text, state: 'Pending', revision: text },
        { at: 2, node: text, pod: text, state: text, revision: text },
      ],
      placements: { [text]: { [text]: text } },
    },
    attempts: [{ outcome, message: text, durationSeconds: 1, differs: text }],
  })
  const secondLook = { again: run('passed'), ours: run('failed') }
  return { scenario, target: run('failed'), reference: run('passed'), secondLook }
}

/** An entry of the list of expected differences for every fifth scenario, in which every text is the vector. */
function listed(text: string, index: number): ExpectedDifference {
  return {
    scenario: `${index} ${text}`,
    message: `passed on the reference, failed on the target: ${text.split('\n', 1)[0]}`,
    reason: text,
    owner: text,
    issue: text,
    expires: '2030-01-01',
    line: index,
  }
}

/** A report in which nothing but its own words is free of the vectors. */
function hostileReport(): ConformanceReport {
  const entries = injectionVectors.map(listed).filter((_, index) => index % 5 === 0)
  const report = reportWith(injectionVectors.map(hostile), {
    // An entry may not hold a star: it would stand for anything.
    expectedDifferences: entries.filter(({ scenario }) => !scenario.includes('*')),
    filtered: true,
    suiteSize: 2,
  })
  const all = injectionVectors.join(' ')
  // What stands in every scenario is kept short, for the sake of the size of the page.
  const some = injectionVectors.filter((_, index) => index % 60 === 1).join(' ')
  const provenance = Object.fromEntries(injectionVectors.map((text) => [text, text]))
  return {
    ...report,
    metadata: {
      ...report.metadata,
      reproduce: all,
      toolVersion: all,
      invocation: { dsc: some, flags: some },
    },
    target: { name: report.target.name, version: some, provenance },
    reference: { name: some, version: 'v1.36.2', provenance, live: false, recording: all },
    reasons: [...injectionVectors, ...report.reasons],
    upstream: injectionVectors.map((text, index) => ({
      test: text,
      source: text,
      isThroughApi: index % 2 === 0,
      isConformance: true,
      behaviours: [text, 'PLACE-01'],
      byTestOnly: [text],
      scenarios: [`${index} ${text}`],
      because: text,
    })),
    versions: {
      versions: ['v1.21.2', all],
      rows: injectionVectors.map((text, index) => ({
        scenario: `${index} ${text}`,
        cells: ['fails', 'holds'],
        since: text,
      })),
    },
  }
}

const report = hostileReport()

/** The elements that the page is made of; none of them loads anything. */
const elements =
  'a b body button caption code datalist dd details div dl dt footer form h1 h2 h3 h4 head header html input label legend li link main meta meter ol option output p path pre rect script section select small span strong style summary svg table tbody td th thead title tr ul'.split(
    ' ',
  )
/** The attributes that the page is made of; none of them is code. */
const attributes =
  'aria-hidden aria-label aria-labelledby aria-live aria-pressed aria-valuetext charset class colspan content d data-count data-end data-groups data-revision data-states data-times data-verdict height hidden href http-equiv id lang list max min name open placeholder preserveaspectratio rel role scope style tabindex type value viewbox width'.split(
    ' ',
  )

describe('five hundred hostile texts', () => {
  it('are five hundred, all different', () => {
    assert.ok(injectionVectors.length >= 500, `${injectionVectors.length}`)
    assert.equal(new Set(injectionVectors).size, injectionVectors.length)
  })

  it('stay text in JUnit XML, Markdown, terminal, annotations and badge', () => {
    const suites = convert(junitReport(report), { format: 'object' }) as {
      testsuites: { '@tests': string }
    }
    assert.equal(suites.testsuites['@tests'], String(injectionVectors.length))
    const markdown = markdownReport({ ...report, metadata: { ...report.metadata, reproduce: '' } })
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
    await using opened = await openPage(htmlReport(report))
    const found = (await opened.evaluate(`(() => {
      for (const each of document.querySelectorAll('details')) each.open = true
      const all = [...document.querySelectorAll('*')]
      return {
        scenarios: document.querySelectorAll('.scenario').length,
        scripts: document.scripts.length,
        broken: document.documentElement.dataset.broken ?? null,
        elements: [...new Set(all.map(({ localName }) => localName))],
        attributes: [...new Set(all.flatMap((each) => [...each.attributes].map(({ name }) => name.toLowerCase())))],
        ids: all.filter(({ id }) => id !== '').length - new Set(all.map(({ id }) => id).filter((id) => id !== '')).size,
        links: [...new Set([...document.links].map(({ href }) => href).filter((href) => !href.startsWith('file:')))],
        names: [...document.querySelectorAll('.scenario .name')].map(({ textContent }) => textContent),
      }
    })()`)) as {
      readonly [name: string]: unknown
      readonly elements: readonly string[]
      readonly attributes: readonly string[]
      readonly links: readonly string[]
      readonly names: readonly string[]
    }
    assert.equal(found['scenarios'], injectionVectors.length)
    assert.equal(found['scripts'], 1)
    assert.equal(found['broken'], null)
    assert.deepEqual(
      found.elements.filter((name) => !elements.includes(name)),
      [],
    )
    assert.deepEqual(
      found.attributes.filter((name) => !attributes.includes(name)),
      [],
    )
    assert.equal(found['ids'], 0, 'no id is there twice')
    for (const link of found.links) assert.match(link, /^https?:\/\//)
    assert.deepEqual([...found.names].sort(), injectionVectors.map(asParsed).sort())
    // Filters and links work on with all of it, and nothing was loaded, said or opened.
    await opened.evaluate(`(() => {
      for (const name of ['text', 'tag']) {
        const field = document.querySelector('[name=' + name + ']')
        field.value = '<script>'
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }
      for (const value of [0, 100, 200]) for (const slider of document.querySelectorAll('.time input')) {
        slider.value = value
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      }
      location.hash = '#<img src=x onerror=alert(1)>'
    })()`)
    assert.equal(await opened.evaluate('document.documentElement.dataset.broken ?? null'), null)
    assert.deepEqual(opened.incidents, [])
  })

  it('would be seen if one came through', { skip: skipWithoutBrowser }, async () => {
    const html = htmlReport(reportWith([]))
    const open = html
      .replace(/<meta http-equiv[^>]*>/, '')
      .replace(
        '</main>',
        `<img src="https://example.invalid/x.png" onerror="document.documentElement.dataset.broken='1';alert(1)"></main>`,
      )
    await using opened = await openPage(open)
    await opened.page.waitForFunction('document.documentElement.dataset.broken === "1"')
    assert.match(opened.incidents.join('\n'), /request https:\/\/example\.invalid\/x\.png/)
    assert.match(opened.incidents.join('\n'), /dialog 1/)
  })

  it('are kept out by the policy even if one came through', {
    skip: skipWithoutBrowser,
  }, async () => {
    const html = htmlReport(reportWith([])).replace(
      '</main>',
      `<img src="https://example.invalid/x.png" onerror="document.documentElement.dataset.broken='1'"><script>document.documentElement.dataset.broken='1'</script></main>`,
    )
    await using opened = await openPage(html)
    assert.equal(await opened.evaluate('document.documentElement.dataset.broken ?? null'), null)
    assert.match(opened.incidents.join('\n'), /Content Security Policy/)
  })
})

/** A text as an HTML parser hands it on: without NUL, lines ended by one character, lone surrogates replaced by the encoder. */
function asParsed(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '').replace(/\r\n?/g, '\n')
}
