import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { ScenarioEvidence } from '../../judgement'
import type { TimelineEntry } from '../../normal-form/normal-observation'
import { openPage, skipWithoutBrowser } from '../../testing/browser'
import { observed, reportWith, runOf, scenarioNamed } from '../../testing/evidence'
import { htmlReport } from './page'

const states = ['Pending', 'ContainerCreating', 'Ready', 'Terminating', 'gone']

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
  const run = { ...runOf(scenario), observation: { ...observed('Ready'), timeline, placements } }
  return { scenario, target: run, reference: run }
}

describe('the HTML report of four hundred scenarios', () => {
  const html = htmlReport(reportWith(Array.from({ length: 400 }, (_, index) => evidence(index))))

  it('is smaller than three megabytes', () => {
    assert.ok(html.length < 3_000_000, `${html.length} characters`)
  })

  it('explains every placement and says how to run each scenario again', () => {
    assert.match(
      html,
      /agent on gpu-2: gets no new pod: the taint ("|&quot;)dedicated=gpu:NoSchedule\1 is not tolerated/,
    )
    assert.match(html, /npm run conformance -- features\/a\.feature:3/)
  })

  it('shows any moment of both histories, filters, and is interactive soon', {
    skip: skipWithoutBrowser,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dsc-page-'))
    try {
      const file = join(folder, 'report.html')
      writeFileSync(file, html)
      await using page = await openPage(pathToFileURL(file).href, folder)
      const moved = await page.evaluate(`(() => {
        const scenario = document.querySelector('.scenario')
        const slider = scenario.querySelector('.time input')
        const at = (value) => {
          slider.value = String(value)
          slider.dispatchEvent(new Event('input', { bubbles: true }))
          return [...scenario.querySelectorAll('.grid')].map((grid) => grid.rows[0].cells[2].textContent + ' ' + grid.rows[0].cells[2].className)
        }
        return [at(0), at(60), at(110), at(160), at(200)]
      })()`)
      const both = (text: string) => [text, text]
      assert.deepEqual(moved, [
        both('Pending starting r0'),
        both('ContainerCreating starting r0'),
        both('Ready ready r0'),
        both('Terminating terminating r0'),
        both(' none r0'),
      ])
      const shown = await page.evaluate(`(() => {
        const text = document.querySelector('[name=text]')
        text.value = 'scenario 39'
        text.dispatchEvent(new Event('input', { bubbles: true }))
        return document.getElementById('shown').textContent
      })()`)
      assert.equal(shown, '11 shown')
      const interactive = await page.evaluate(
        'performance.getEntriesByType("navigation")[0].domInteractive',
      )
      // The figure is one second on an idle machine; here others may be at work.
      assert.ok(Number(interactive) < 5000, `interactive after ${interactive} ms`)
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})
