import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CucumberHtmlStream } from '@cucumber/html-formatter'
import type { Envelope } from '@cucumber/messages'
import { JoinedMessages } from './joined-messages'

/** Cucumber's own page about scenarios that several runs of cucumber have told of, as if it had been one. */
export class CucumberPage {
  readonly #messages = new JoinedMessages()

  take(envelopes: readonly Envelope[]): void {
    this.#messages.take(envelopes)
  }

  /** Writes it, unless there is nothing to tell. */
  async write(file: string): Promise<void> {
    const envelopes = this.#messages.all()
    if (envelopes.length === 0) return
    await pipeline(Readable.from(envelopes), new CucumberHtmlStream(), createWriteStream(file))
  }
}
