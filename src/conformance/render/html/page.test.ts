import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UpstreamProof } from '../../catalogue/upstream/upstream-coverage'
import type { ScenarioEvidence } from '../../judgement'
import type { TimelineEntry } from '../../normal-form/normal-observation'
import { openPage, skipWithoutBrowser } from '../../testing/browser'
import { observed, reportWith, runOf, scenarioNamed } from '../../testing/evidence'
import { variedReport } from '../../testing/varied-report'
import { htmlReport } from './page'

const states = ['Pending', 'ContainerCreating', 'Running', 'Ready', 'Terminating', 'gone']

/** Four hundred scenarios with as many changes, on the average, as those of this project have. */
function evidence(index: number): ScenarioEvidence {
  const scenario = scenarioNamed(`scenario ${index}`, ['@core', '@PLACE-01'])
  const timeline = Array.from({ length: 3 }, (_, node): readonly TimelineEntry[] => [
    { at: 0, node: `node-${node}`, state: 'Ready' },
    ...states.map((state, step) => ({
      at: step * 1000,
      node: `node-${node}`,
      pod: `agent@node-${node}#1`,
      state,
      revision: 'hash#1',
    })),
  ]).flat()
  const placements = {
    agent: { 'gpu-2': 'gets no new pod: the taint "dedicated=gpu:NoSchedule" is not tolerated' },
  }
  const table = [
    ['nodes', 'node-1, node-2'],
    ['maxUnavailable', '10%'],
  ]
  const run = runOf(scenario)
  const steps = Array.from({ length: 6 }, (_, step) => ({
    keyword: 'Then',
    text: `the DaemonSet "agent" has these fields in step ${step}`,
    outcome: 'passed' as const,
    durationMilliseconds: 1,
    table,
  }))
  const whole = { ...run, steps, observation: { ...observed('Ready'), timeline, placements } }
  return { scenario, target: whole, reference: whole }
}

/** As many tests of Kubernetes as there are, and more. */
function upstream(index: number): UpstreamProof {
  return {
    test: `should do what a DaemonSet does in the case of number ${index}`,
    source: `test/e2e/apps/file_${index % 20}.go`,
    isThroughApi: index % 4 === 0,
    isConformance: true,
    behaviours: ['PLACE-01', 'STATUS-07', 'UPDATE-12'],
    byTestOnly: ['STATUS-07'],
    scenarios: [index, index + 1, index + 2].map((each) => scenarioNamed(`scenario ${each}`).id),
  }
}

describe('the HTML report of four hundred scenarios', () => {
  const report = reportWith(Array.from({ length: 400 }, (_, index) => evidence(index)))
  const html = htmlReport({
    ...report,
    upstream: Array.from({ length: 200 }, (_, i) => upstream(i)),
  })

  it('is smaller than three megabytes', () => {
    assert.ok(Buffer.byteLength(html) < 3_000_000, `${Buffer.byteLength(html)} bytes`)
  })

  it('shows any moment of both histories, filters, and is interactive soon', {
    skip: skipWithoutBrowser,
  }, async () => {
    await using opened = await openPage(html)
    const moved = await opened.evaluate(`(() => {
      const scenario = document.querySelector('.scenario')
      const slider = scenario.querySelector('.time input')
      const at = (value) => {
        slider.value = String(value)
        slider.dispatchEvent(new Event('input', { bubbles: true }))
        return [...scenario.querySelectorAll('.grid')].map((grid) => grid.rows[1].cells[2].textContent + ' ' + grid.rows[1].cells[2].className)
      }
      return [at(0), at(50), at(90), at(130), at(170), at(200)]
    })()`)
    const both = (text: string) => [text, text]
    assert.deepEqual(moved, [
      both('Pending starting r0'),
      both('ContainerCreating starting r0'),
      both('Running running r0'),
      both('Ready ready r0'),
      both('Terminating terminating r0'),
      both(' none r0'),
    ])
    const filtered = (name: string, text: string): Promise<unknown> =>
      opened.evaluate(`(() => {
        const field = document.querySelector('[name=${name}]')
        field.value = ${JSON.stringify(text)}
        field.dispatchEvent(new Event('input', { bubbles: true }))
        return document.getElementById('shown').textContent
      })()`)
    assert.equal(await filtered('text', 'scenario 39'), '11 shown')
    assert.equal(await filtered('tag', 'PLACE-01'), '11 shown')
    assert.equal(await filtered('tag', '@extended'), '0 shown')
    const interactive = await opened.evaluate(
      'performance.getEntriesByType("navigation")[0].domInteractive',
    )
    // The figure is one second on an idle machine; here others may be at work.
    assert.ok(Number(interactive) < 5000, `interactive after ${interactive} ms`)
    assert.deepEqual(opened.incidents, [])
  })

  it('shows the moment of a change that is clicked', { skip: skipWithoutBrowser }, async () => {
    await using opened = await openPage(html)
    const moments = await opened.evaluate(`(() => {
      const scenario = document.querySelector('.scenario')
      scenario.open = true
      return [...scenario.querySelectorAll('[data-times]')].map((lanes) => {
        const { left, right, top } = lanes.getBoundingClientRect()
        const click = (clientX) => {
          lanes.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX, clientY: top }))
          return lanes.closest('section').querySelector('.moment').textContent
        }
        return [click(left + 1), click((left + right) / 2), click(right - 1)]
      })
    })()`)
    const wanted = ['after 0.0 s', 'after 2.0 s', 'at the end']
    assert.deepEqual(moments, [wanted, wanted])
  })

  it('filters by verdict and by group', { skip: skipWithoutBrowser }, async () => {
    await using opened = await openPage(htmlReport(variedReport()))
    const shown = (name: string, value: string): Promise<unknown> =>
      opened.evaluate(`(() => {
        const form = document.getElementById('filters')
        form.reset()
        const field = form.querySelector('[name=${name}]')
        field.value = ${JSON.stringify(value)}
        field.dispatchEvent(new Event('input', { bubbles: true }))
        return [...document.querySelectorAll('.scenario:not([hidden]) .name')].map(({ textContent }) => textContent)
      })()`)
    assert.deepEqual(await shown('verdict', 'both-failed'), ['It fails everywhere'])
    assert.deepEqual(await shown('group', 'UPDATE'), ['It differs'])
    assert.equal(((await shown('verdict', '')) as readonly string[]).length, 6)
  })

  it('prints without what only a screen can use, and keeps rows whole', {
    skip: skipWithoutBrowser,
  }, async () => {
    await using opened = await openPage(htmlReport(variedReport()))
    const styles = (): Promise<unknown> =>
      opened.evaluate(`(() => {
        const style = (selector) => getComputedStyle(document.querySelector(selector))
        return [style('#filters').display, style('.time').display, style('tbody tr').breakInside, style('.answer').printColorAdjust]
      })()`)
    assert.deepEqual(await styles(), ['flex', 'flex', 'auto', 'economy'])
    await opened.page.emulateMediaType('print')
    assert.deepEqual(await styles(), ['none', 'none', 'avoid', 'exact'])
  })

  it('opens the scenario that a link names, even one that a filter hides', {
    skip: skipWithoutBrowser,
  }, async () => {
    await using opened = await openPage(html)
    const state = await opened.evaluate(`(async () => {
      const text = document.querySelector('[name=text]')
      text.value = 'scenario 39'
      text.dispatchEvent(new Event('input', { bubbles: true }))
      const scenario = document.querySelectorAll('.scenario')[5]
      const before = [scenario.hidden, scenario.open]
      location.hash = scenario.id
      await new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }))
      return [...before, scenario.hidden, scenario.open, document.activeElement.parentElement === scenario]
    })()`)
    assert.deepEqual(state, [true, false, false, true, true])
  })
})
