import type { Need } from './behaviour'

/** A place that claims to prove a behaviour: a scenario by a tag, or a test by its title. */
export interface Citation {
  /** As it is written there; nobody has checked that such a behaviour exists. */
  readonly id: string
  readonly file: string
  readonly line: number
  /** Title of the scenario or the test. */
  readonly by: string
  /** What the machine must have for the test to run at all; it proves only behaviours that need just that. */
  readonly needs?: Need
}

/** What a look through files for citations brought. */
export interface CitationScan {
  readonly citations: readonly Citation[]
  /** Mistakes that need no catalogue to be seen, each with file and line. */
  readonly problems: readonly string[]
}
