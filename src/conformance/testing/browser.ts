import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launch, type Page } from 'puppeteer-core'

/** A chromium of this machine, if there is one. */
const browserPath: string | undefined = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync)

/** Why a test in a browser is skipped: loudly, because nothing takes its place. */
export const skipWithoutBrowser =
  browserPath === undefined && 'LOUD: there is no chromium here, so the HTML report was not opened'

/** How long a page may take where others are at work as well, in milliseconds. */
const patienceMilliseconds = 120_000

/** A page in a headless browser, steered from outside, so that the page's own policy stays as it is. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** What a report must never do: requests beside its own file, dialogs, windows, errors of its script or policy. */
  readonly incidents: readonly string[]
  /** Evaluates an expression in the page, and gives what it gives. */
  evaluate(expression: string): Promise<unknown>
}

/** Opens a page from a file, as somebody does who was sent it, and waits until it has been loaded. */
export async function openPage(html: string): Promise<OpenPage> {
  const folder = mkdtempSync(join(tmpdir(), 'dsc-page-'))
  const file = join(folder, 'report.html')
  writeFileSync(file, html)
  const browser = await launch({
    executablePath: browserPath ?? '',
    // A container has neither a sandbox of its own nor much shared memory.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    timeout: patienceMilliseconds,
    protocolTimeout: patienceMilliseconds,
  })
  const page = await browser.newPage()
  page.setDefaultTimeout(patienceMilliseconds)
  const url = pathToFileURL(file).href
  const incidents: string[] = []
  watch(page, url, incidents)
  browser.on('targetcreated', (target) => incidents.push(`window ${target.url()}`))
  await page.goto(url, { waitUntil: 'load' })
  return {
    page,
    incidents,
    evaluate: (expression) => page.evaluate(expression),
    async [Symbol.asyncDispose]() {
      await browser.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function watch(page: Page, own: string, incidents: string[]): void {
  page.on('request', (request) => {
    const url = request.url()
    if (url !== own && !/^data:,$/.test(url)) incidents.push(`request ${url}`)
  })
  page.on('dialog', (dialog) => {
    incidents.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => incidents.push(`error ${String(error)}`))
  page.on('console', (message) => incidents.push(`console ${message.text()}`))
}
