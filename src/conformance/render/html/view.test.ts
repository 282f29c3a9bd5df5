import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ScenarioEvidence } from '../../judgement'
import type { ConformanceReport } from '../../report'
import { observed, reportWith, runOf, scenarioNamed } from '../../testing/evidence'
import { variedReport } from '../../testing/varied-report'
import { anchorOf } from '../standing'
import { htmlReport } from './page'
import { podStates } from './pod-state'

const html = htmlReport(variedReport())

/** What stands between two marks. */
function between(text: string, from: string, to: string): string {
  const start = text.indexOf(from)
  assert.ok(start >= 0, `no ${from}`)
  return text.slice(start, text.indexOf(to, start + from.length))
}

/** One scenario of the page, from its own beginning to that of the next. */
function scenarioOf(name: string, text = html): string {
  const anchor = anchorOf(`a.feature > It MUST be so > ${name}`)
  return between(text, `id="${anchor}"`, '<details class="scenario"')
}

function failing(count: number): readonly ScenarioEvidence[] {
  return Array.from({ length: count }, (_, index) => {
    const scenario = scenarioNamed(`failing ${index}`)
    return { scenario, target: runOf(scenario, 'failed'), reference: runOf(scenario) }
  })
}

describe('the head of the page', () => {
  it('names five reasons, each a link to its scenario, and folds the others', () => {
    const agreeing = scenarioNamed('agreeing')
    const report = reportWith([
      { scenario: agreeing, target: runOf(agreeing), reference: runOf(agreeing) },
      ...failing(8),
    ])
    const page = htmlReport(report)
    const head = between(page, '<div class="reasons">', '<details>')
    const links = [...head.matchAll(/<a href="#(s-[0-9a-f]{12})">failing \d<\/a>: passed on/g)]
    assert.equal(links.length, 5)
    assert.doesNotMatch(head, /a\.feature &gt;|differ:/)
    for (const [, anchor] of links) assert.ok(page.includes(`id="${anchor}"`))
    const rest = between(page, '<summary>and 3 more</summary>', '</details>')
    assert.equal(rest.match(/<a href="#s-/g)?.length, 3)
  })

  it('hides no reason: not even the sixth, of an entry that no longer holds', () => {
    const gone = { scenario: 'a.feature > *', message: 'm', reason: 'r', owner: 'o', line: 7 }
    const expectedDifferences = [{ ...gone, expires: '2020-01-01' }]
    const page = htmlReport(reportWith(failing(5), { expectedDifferences }))
    const head = between(page, '<header', '</header>')
    assert.match(head, /expected difference in line 7 .*: expired on 2020-01-01/)
  })

  it('names a recording by version and file, and never only by the way it was made', () => {
    const report = variedReport()
    const recorded = { name: 'kubeconfig', version: 'v1.36.2', provenance: {}, live: false }
    const recording = 'reports/recordings/v1.36.2.json'
    const page = htmlReport({ ...report, reference: { ...recorded, recording } })
    assert.match(
      page,
      /<strong>recording of v1\.36\.2, reports\/recordings\/v1\.36\.2\.json<\/strong>/,
    )
    assert.doesNotMatch(page.replaceAll(/<pre>[^<]*<\/pre>/g, ''), />[^<]*kubeconfig/)
    const ours = { name: `recording:${recording}`, version: 'v1.36.2', provenance: {} }
    assert.match(
      between(htmlReport({ ...report, target: ours }), '<header', '</header>'),
      /<strong>recording of v1\.36\.2, reports\/recordings\/v1\.36\.2\.json<\/strong> against/,
    )
    const live = htmlReport({ ...report, reference: { ...recorded, live: true } })
    assert.match(live, /cluster behind a kubeconfig, v1\.36\.2/)
  })

  it('says of a narrowed run what did not run, and is green only for a whole one', () => {
    const scenario = { ...scenarioNamed('one') }
    const evidence = [{ scenario, target: runOf(scenario), reference: runOf(scenario) }]
    const page = (basis: Partial<ConformanceReport['basis']>): string =>
      between(htmlReport(reportWith(evidence, basis)), '<header', '</header>')
    assert.match(page({}), /class="answer good"/)
    const filtered = page({ filtered: true, suiteSize: 359 })
    assert.match(filtered, /class="answer open"/)
    assert.match(filtered, /filtered: 1 of 359 ran/)
    assert.match(page({ shard: { index: 1, count: 3 } }), /shard 1 of 3: 1 scenario/)
    assert.match(page({ rerun: 1 }), /rerun: only 1 scenario/)
  })

  it('says how many differ as listed', () => {
    const listed = variedReport().basis.expectedDifferences
    assert.equal(listed.length, 2)
    assert.match(
      between(html, '<header', '</header>'),
      /1 of 5 required scenarios agree, 2 differ as listed\./,
    )
  })
})

describe('the page', () => {
  it('shows the scenarios directly under the evidence, and coverage last', () => {
    const places = ['evidence', 'scenarios', 'versions', 'coverage', 'upstream'].map((id) =>
      html.indexOf(`<section id="${id}"`),
    )
    assert.ok(places.every((place) => place > 0))
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    )
  })

  it('lists what needs a look first, open, and the rest folded', () => {
    const names = [...html.matchAll(/<span class="name">([^<]*)</g)].map(([, name]) => name)
    assert.deepEqual(names, [
      'It differs',
      'It fails everywhere',
      'It differs as listed',
      'It is flaky',
      'It is too young',
      'It agrees',
    ])
    const open = [...html.matchAll(/<details class="scenario"[^>]*>/g)].map(([tag]) =>
      / open/.test(tag),
    )
    assert.deepEqual(open, [true, true, false, false, false, false])
    const titles = [...html.matchAll(/<h3>([^<]*)</g)].map(([, title]) => title)
    assert.deepEqual(titles, [
      'Not as promised (2)',
      'Different as listed (2)',
      'Not required in this run (1)',
      'The same on both clusters (1)',
    ])
  })

  it('opens only the first five of many, and keeps the anchor of a scenario whatever else runs', () => {
    const many = htmlReport(reportWith(failing(9)))
    assert.equal(many.match(/<details class="scenario"[^>]* open/g)?.length, 5)
    assert.ok(
      htmlReport(reportWith(failing(1))).includes(
        anchorOf('a.feature > It MUST be so > failing 0'),
      ),
    )
    assert.ok(many.includes(anchorOf('a.feature > It MUST be so > failing 0')))
  })

  it('counts scenarios by their own level, and calls levels of behaviours so', () => {
    const evidence = between(html, '<section id="evidence"', '</section>')
    assert.match(evidence, /core 1 of 4 agree, extended 0 of 2 agree/)
    const coverage = between(html, '<section id="coverage"', '</section>')
    assert.match(coverage, /core behaviours/)
    assert.doesNotMatch(coverage, />core<|>core </)
  })

  it('folds a catalogue that only tests prove, and says that they do', () => {
    const coverage = between(html, '<section id="coverage"', '</section>')
    const folded = coverage.slice(coverage.indexOf('<details>'))
    assert.match(
      folded,
      /Behaviours of the control plane: 3 of 4 proven by unit tests, none by a scenario/,
    )
    assert.doesNotMatch(folded, /Proven on/)
    assert.match(folded, /that nothing proves.*WATCH-04/s)
  })

  it('says where each cluster came from, and how the whole was made', () => {
    const evidence = between(html, '<section id="evidence"', '</section>')
    assert.match(evidence, />target<.*<li>controller: ours<\/li>/s)
    assert.match(evidence, />reference<.*<li>image: k3s<\/li>/s)
    const footer = between(html, '<footer>', '</footer>')
    assert.match(footer, /Run again: <code>npm run conformance<\/code>/)
    assert.match(footer, /6 scenarios, exit code 1, seed 1, features <code>[0-9a-f]{12}<\/code>/)
  })

  it('explains every colour that can occur', () => {
    const legend = between(html, '<ul class="legend"', '</ul>')
    for (const { name, means } of podStates.filter((state) => state.name !== 'none'))
      assert.ok(legend.includes(`class="${name}`) && legend.includes(means), name)
    for (const shade of ['r0', 'r1', 'r2', 'r3'])
      assert.ok(legend.includes(`class="ready ${shade}"`))
  })

  it('tells since when a scenario holds, by its tag where it has one', () => {
    const versions = between(html, '<section id="versions"', '</section>')
    assert.match(
      versions,
      /1 of 4 recorded scenarios hold in every recorded release: v1\.21\.2\+k3s1, v1\.36\.2/,
    )
    assert.match(versions, />v1\.99<\/td><td class="cell unknown">does not apply<\/td>/)
    assert.match(versions, />never<\/td><td class="cell no">no</)
    assert.ok(
      versions.includes(`<a href="#${anchorOf('a.feature > It MUST be so > It is too young')}">`),
    )
  })
})

describe('the tests of Kubernetes itself on the page', () => {
  const section = between(html, '<section id="upstream"', '</section>')
  const rowOf = (test: string): string => between(section, `<th scope="row">${test}`, '</tr>')

  it('are counted, by whether they act through the API', () => {
    assert.match(section, /has 4 tests .* 3 act through the API; .* the same as 2 of these/)
    assert.match(section, /Tests through the API \(3\)/)
    assert.match(section, /Tests on code \(1\)/)
  })

  it('stand beside the scenarios that assert the same, and how these came out', () => {
    const row = rowOf('should run simple daemon')
    assert.match(row, /<small>Conformance<\/small>/)
    assert.match(row, /1 of 2 agree/)
    for (const name of ['It agrees', 'It differs'])
      assert.ok(row.includes(`href="#${anchorOf(`a.feature > It MUST be so > ${name}`)}">${name}<`))
    assert.match(row, /<td>PLACE-01; by unit tests: STATUS-07<\/td>/)
    const code = rowOf('TestPlacement')
    assert.match(code, /1 of 2 agree/)
    assert.doesNotMatch(code, /<a /)
  })

  it('never count what did not run, and say why there is no scenario', () => {
    const none = rowOf('should survive a restart')
    assert.match(none, /<td>none<small>no client can restart the controller<\/small>/)
    assert.match(rowOf('should be filtered away'), /<td>not in this run<\/td>/)
  })
})

describe('a scenario on the page', () => {
  it('tells why it failed once', () => {
    const text = scenarioOf('It differs')
    assert.equal(text.match(/<pre class="message">no pod<\/pre>/g)?.length, 1)
  })

  it('shows the tables and texts of its steps', () => {
    const text = scenarioOf('It agrees')
    assert.match(text, /<table class="data"><tbody><tr><td>maxUnavailable<\/td><td>1<\/td><\/tr>/)
    assert.match(text, /<pre class="doc">kind: DaemonSet<\/pre>/)
  })

  it('shows of every step how it ended on both clusters, and why', () => {
    assert.match(scenarioOf('It differs'), /<small>failed on the target, passed on the reference</)
    assert.match(scenarioOf('It agrees'), /When<\/b> this is applied <small>passed<\/small>/)
    const scenario = scenarioNamed('two reasons')
    const { steps, ...rest } = runOf(scenario, 'failed')
    const other = {
      ...rest,
      message: 'no node',
      steps: steps.map((step) => ({ ...step, message: 'no node' })),
    }
    const page = htmlReport(
      reportWith([{ scenario, target: { ...rest, steps }, reference: other }]),
    )
    const text = scenarioOf('two reasons', page)
    assert.match(text, /<pre class="message">no pod<\/pre><small>on the reference:<\/small>/)
    assert.match(text, /<small>on the reference:<\/small><pre class="message">no node<\/pre>/)
  })

  it('shows what differs, and what came before it on each side', () => {
    const listed = scenarioOf('It differs as listed')
    const row = between(listed, '<th scope="row">end state / Pod / pod / state', '</tr>')
    assert.match(row, /<code>&quot;Pending&quot;<\/code>.*<code>&quot;Ready&quot;<\/code>/)
    const scenario = scenarioNamed('another order')
    const tracing = (...what: readonly string[]) => {
      const observation = observed('Ready')
      const traces = { agent: what.map((each, index) => ({ at: index * 1000, what: each })) }
      const history = { ...observation.history, traces }
      return { ...runOf(scenario), observation: { ...observation, history } }
    }
    const [target, reference] = [tracing('created', 'gone'), tracing('created', 'ready')]
    const page = htmlReport(reportWith([{ scenario, target, reference }]))
    const text = scenarioOf('another order', page)
    const before = '<ol class="before" aria-label="before that"><li>0.0 s: created</li></ol>'
    assert.ok(text.includes(`${before}<code>&quot;gone&quot;</code>`), text)
    assert.ok(text.includes(`${before}<code>&quot;ready&quot;</code>`), text)
  })

  it('shows the largest differences in time, and calls them no part of the verdict', () => {
    const times = between(
      scenarioOf('It differs as listed'),
      'Largest differences in time (no part of the verdict)',
      '</table>',
    )
    assert.match(times, /agent@node-2#1: ready<\/th><td>0\.9 s<\/td><td>0\.1 s<\/td>/)
  })

  it('draws both histories, with a click to every change', () => {
    const lanes = [
      ...scenarioOf('It agrees').matchAll(/<svg role="img" aria-label="([^"]*)"[^>]*/g),
    ]
    assert.equal(lanes.length, 2)
    for (const [svg, label] of lanes) {
      assert.match(label ?? '', /^2 nodes, 18 changes; the table below says the same in words$/)
      assert.match(svg, /data-times="0 0 1000 /)
    }
  })

  it('says which requests were refused', () => {
    assert.match(
      scenarioOf('It agrees'),
      /Refused requests, the same on both clusters<\/p><ul class="refusals"><li>create Pod: 403 Forbidden: no</,
    )
  })

  it('tells how to see it again, by the tool and by kubectl', () => {
    const text = between(scenarioOf('It differs'), '<summary>Reproduce</summary>', '</pre>')
    assert.match(text, /dsc -- run features\/a\.feature:3/)
    assert.match(text, /kubectl --kubeconfig dsc\.kubeconfig get daemonsets/)
  })

  it('has a slider only where nodes or pods change', () => {
    assert.match(scenarioOf('It agrees'), /<input type="range"/)
    assert.doesNotMatch(scenarioOf('It fails everywhere'), /<input type="range"/)
  })

  it('explains placements once, exceptions first, by node as people count', () => {
    const text = scenarioOf('It agrees')
    const list = between(text, '<ul class="placements"', '</ul>').replaceAll(/<[^>]*>/g, '\n')
    assert.deepEqual(
      [...list.matchAll(/agent (?:on (gpu-\d+)|(runs on [^\n]*))/g)].map(
        ([, gpu, rest]) => gpu ?? rest,
      ),
      ['gpu-2', 'gpu-10', 'runs on node-2, node-10'],
    )
    assert.equal(text.match(/<ul class="placements"/g)?.length, 1)
  })

  it('says when it was recorded, where that was later than the rest', () => {
    assert.match(scenarioOf('It agrees'), /passed after 1\.0 s, recorded 2026-02-03T04:05:06/)
    assert.doesNotMatch(scenarioOf('It differs'), /, recorded/)
  })

  it('counts repeated events, and says once what both clusters recorded', () => {
    const text = scenarioOf('It agrees')
    assert.match(text, /Created pod: &lt;pod><b> × 7<\/b>|Created pod: &lt;pod&gt;<b> × 7<\/b>/)
    assert.match(text, /Events, the same on both clusters/)
    assert.equal(text.match(/Created pod/g)?.length, 1)
  })

  it('says where the difference sits, by the runs that say so', () => {
    const text = scenarioOf('It differs')
    assert.match(text, /It sits in: <strong>our reconciler<\/strong>/)
    for (const run of [
      'our reconciler on our API server',
      'once more',
      'our reconciler on the API server of',
    ])
      assert.ok(text.includes(run), run)
    const page = htmlReport(reportWith(failing(1)))
    assert.match(page, /Where it sits was not looked into/)
  })

  it('shows reason, owner, expiry and issue of a listed difference, and links only what is a web page', () => {
    const text = scenarioOf('It differs as listed')
    assert.match(
      text,
      /Listed in line 3 of the expected differences: It is so since 1\.33\. Owner: somebody\. Expires: 2030-01-01/,
    )
    assert.match(text, /<a href="https:\/\/example\.invalid\/issues\/1" rel="noreferrer noopener">/)
    const flaky = scenarioOf('It is flaky')
    assert.doesNotMatch(flaky, /href="javascript/)
    assert.match(flaky, /known-flaky/)
    assert.match(flaky, /Measured rate of failures: 3\/20/)
    assert.match(flaky, /1 of 2 attempts did not pass/)
    assert.match(flaky, /failed after 2\.0 s, showed something else: end state \/ Pod/)
  })
})
