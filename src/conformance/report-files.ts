import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { redacted, redactedPage } from './redact'
import { badgeJson, badgeSvg } from './render/badge'
import { htmlReport } from './render/html/page'
import { junitReport } from './render/junit'
import { markdownReport } from './render/markdown'
import type { ConformanceReport } from './report'

/** The report folder cannot be written: the disk is full, it is read-only, or something else is there. */
export class ReportFolderError extends Error {
  override readonly name = 'ReportFolderError'
}

/**
 * A folder that receives a report's files one by one and takes its final place only when it is whole,
 * so that a run that breaks never leaves half a report that looks finished.
 */
export class ReportFolder {
  /** Where files are put while the run goes on. */
  readonly staging: string
  readonly #final: string

  /** @throws ReportFolderError when the place cannot be written. */
  constructor(folder: string) {
    this.#final = resolve(folder)
    refuseForeign(folder, this.#final)
    try {
      const parent = dirname(this.#final)
      mkdirSync(parent, { recursive: true })
      this.staging = mkdtempSync(join(parent, `.${basename(this.#final)}-`))
      // Reports are read by others: a CI system's uploader, a web server.
      chmodSync(this.staging, 0o755)
    } catch (cause) {
      throw folderError(folder, cause)
    }
  }

  /** Writes every rendering of the report and puts the folder in its place. */
  publish(report: ConformanceReport): void {
    try {
      const write = (name: string, text: string): void =>
        writeFileSync(join(this.staging, name), text)
      this.#redact()
      write('conformance.html', htmlReport(report))
      write('conformance.json', `${JSON.stringify(report)}\n`)
      write('junit.xml', junitReport(report))
      write('summary.md', markdownReport(report))
      write('badge.json', badgeJson(report))
      write('badge.svg', badgeSvg(report))
      rmSync(this.#final, { recursive: true, force: true })
      renameSync(this.staging, this.#final)
    } catch (cause) {
      this.discard()
      throw folderError(this.#final, cause)
    }
  }

  /**
   * Puts the logs of containers beside the report's place, where a run that breaks leaves them: they say why.
   *
   * Returns their folder; absent: there are none.
   */
  keepLogs(): string | undefined {
    const logs = readdirSync(this.staging).filter((name) => name.endsWith('.log'))
    if (logs.length === 0) return undefined
    this.#redact()
    const folder = `${this.#final}-logs`
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const name of logs) renameSync(join(this.staging, name), join(folder, name))
    return folder
  }

  /** Forgets everything written so far. */
  discard(): void {
    rmSync(this.staging, { recursive: true, force: true })
  }

  /** Takes credentials out of what others have written here; what is not whole, and so cannot be read, goes. */
  #redact(): void {
    for (const name of readdirSync(this.staging).filter((each) => otherOwnFiles.test(each))) {
      const path = join(this.staging, name)
      const text = readFileSync(path, 'utf8')
      const safe = name.endsWith('.log') ? redacted(text) : redactedPage(text)
      if (safe === text) continue
      // Taken away first: whoever still writes to it does so where nobody looks.
      rmSync(path)
      if (safe !== undefined) writeFileSync(path, safe)
    }
  }
}

/** What a report folder holds, besides cucumber's own pages and the logs of containers. */
const ownFiles = [
  'conformance.html',
  'conformance.json',
  'junit.xml',
  'summary.md',
  'badge.json',
  'badge.svg',
]
const otherOwnFiles = /^(?:cucumber-.*\.html|.*\.log)$/

/** The folder is replaced as a whole, so what is not a report must not be there: a mistyped `--output .` would cost a project. */
function refuseForeign(folder: string, path: string): void {
  let names: readonly string[]
  try {
    // A link is only taken away, never followed.
    if (lstatSync(path).isSymbolicLink()) return
    names = readdirSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return
    throw folderError(folder, cause)
  }
  const foreign = names.find((name) => !ownFiles.includes(name) && !otherOwnFiles.test(name))
  if (foreign === undefined) return
  throw new ReportFolderError(
    `report folder ${folder}: holds ${JSON.stringify(foreign)}, which is no part of a report, and would be replaced: name a new or an empty folder`,
  )
}

function folderError(folder: string, cause: unknown): ReportFolderError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ReportFolderError(`report folder ${folder} cannot be written: ${why}`, { cause })
}
