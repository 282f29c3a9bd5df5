import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import axe from 'axe-core'
import { openPage, skipWithoutBrowser } from '../../testing/browser'
import { variedReport } from '../../testing/varied-report'
import { htmlReport } from './page'

/** What axe is told to look at: everything that WCAG asks for at levels A and AA, and good practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const shapes = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 400 },
  { scheme: 'dark', width: 400 },
] as const

describe('the HTML report, with everything unfolded, breaks no rule of WCAG A and AA', () => {
  const html = htmlReport(variedReport())
  for (const { scheme, width } of shapes) {
    it(`${scheme}, ${width} pixels wide`, { skip: skipWithoutBrowser }, async () => {
      await using opened = await openPage(html)
      const { page } = opened
      await page.setViewport({ width, height: 900 })
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await opened.evaluate(
        'for (const each of document.querySelectorAll("details")) each.open = true',
      )
      await opened.evaluate('new Promise((resolve) => setTimeout(resolve))')
      await opened.evaluate(axe.source)
      const found = (await opened.evaluate(
        `axe.run({ runOnly: ${JSON.stringify(rules)}, resultTypes: ['violations'] }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, any }) => html.slice(0, 160) + ' ' + (any[0]?.message ?? '')).join('; ')))`,
      )) as readonly string[]
      assert.deepEqual(found, [])
      const background = await opened.evaluate('getComputedStyle(document.body).backgroundColor')
      assert.equal(background, scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(13, 17, 23)')
      const overflow = await opened.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      assert.equal(overflow, 0, 'the page itself does not scroll sideways')
      assert.deepEqual(opened.incidents, [])
    })
  }

  it('is found wanting when a label is missing', { skip: skipWithoutBrowser }, async () => {
    await using opened = await openPage(html.replace('<html lang="en">', '<html>'))
    await opened.evaluate(axe.source)
    const found = await opened.evaluate(
      `axe.run({ runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations.map(({ id }) => id))`,
    )
    assert.deepEqual(found, ['html-has-lang'])
  })

  it('is steered by keyboard alone', { skip: skipWithoutBrowser }, async () => {
    await using opened = await openPage(html)
    const { page } = opened
    await page.keyboard.press('Tab')
    assert.equal(
      await opened.evaluate('document.activeElement.textContent'),
      'Skip to the scenarios',
    )
    await page.focus('.tile.differ')
    await page.keyboard.press('Enter')
    assert.equal(await opened.evaluate('document.querySelector("[name=verdict]").value'), 'differ')
    assert.equal(
      await opened.evaluate('document.querySelector(".tile.differ").getAttribute("aria-pressed")'),
      'true',
    )
    const first = '.scenario:not([hidden]) > summary'
    await page.focus(first)
    const isOpen = () => opened.evaluate(`document.querySelector('${first}').parentElement.open`)
    const before = await isOpen()
    await page.keyboard.press('Space')
    assert.equal(await isOpen(), !before)
  })
})
