import { readFileSync } from 'node:fs'
import type { ConformanceReport } from './report'
import { isIntact } from './seal'

/** A report that cannot be used; says which file, and why. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
}

/**
 * Reads a report that a run has written.
 *
 * @throws ReportError when it cannot be read, is no report, or is not as the run left it
 */
export function readReport(path: string): ConformanceReport {
  const report = readUnsealedReport(path)
  if (!isIntact(report))
    throw new ReportError(`${path}: is cut off or was changed: its seal is broken`)
  return report
}

/**
 * Reads a report without asking whether it is as the run left it.
 *
 * @throws ReportError when it cannot be read or is no report
 */
export function readUnsealedReport(path: string): ConformanceReport {
  const report = parsed(path)
  if (typeof report !== 'object' || report === null || !isReport(report)) {
    throw new ReportError(`${path}: wanted a ConformanceReport, found something else`)
  }
  return report
}

function parsed(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ReportError(`${path}: cannot be read`, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ReportError(`${path}: is no JSON, or was cut off: ${String(cause)}`, { cause })
  }
}

function isReport(document: object): document is ConformanceReport {
  const { kind, scenarios } = document as { readonly kind?: unknown; readonly scenarios?: unknown }
  return kind === 'ConformanceReport' && Array.isArray(scenarios)
}
