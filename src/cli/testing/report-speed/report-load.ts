import { readFileSync, writeFileSync } from 'node:fs'
import { judge } from '../../../conformance/judgement'
import { htmlReport } from '../../../conformance/render/html/page'
import type { ConformanceReport } from '../../../conformance/report'

/** What one fresh process has measured of one report. */
export interface ReportMeasurement {
  readonly scenarios: number
  /** From the observations of both clusters to all verdicts and the exit code. */
  readonly compareSeconds: number
  /** From the report to its HTML. */
  readonly renderSeconds: number
  readonly megabytes: number
}

/** Compares and renders the scenarios of a report, for the first time in this process, and writes the page. */
function measure(file: string, page: string): void {
  const report: ConformanceReport = JSON.parse(readFileSync(file, 'utf8'))
  const { scenarios, target, reference, basis, metadata } = report
  const { createdAt } = metadata
  const began = performance.now()
  const { verdicts } = judge({ scenarios, target, reference, basis, createdAt })
  const compared = performance.now()
  const html = htmlReport({ ...report, scenarios: verdicts })
  const rendered = performance.now()
  writeFileSync(page, html)
  const measurement: ReportMeasurement = {
    scenarios: verdicts.length,
    compareSeconds: (compared - began) / 1000,
    renderSeconds: (rendered - compared) / 1000,
    megabytes: Buffer.byteLength(html) / 1_000_000,
  }
  process.send?.(measurement)
}

measure(process.argv[2] ?? '', process.argv[3] ?? '')
