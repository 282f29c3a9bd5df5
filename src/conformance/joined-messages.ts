import type { Envelope, GherkinDocument } from '@cucumber/messages'

/**
 * Makes one stream of messages of those of several runs of cucumber.
 *
 * Every run reads its features again and names all that is in them anew. Here a feature is kept once, under the names
 * of the run that told of it first.
 */
export class JoinedMessages {
  readonly #kept: Envelope[] = []
  readonly #documents = new Map<string, GherkinDocument>()
  readonly #aliases = new Map<string, string>()
  readonly #once = new Set<string>()
  #testRun: string | undefined
  #finished: Envelope['testRunFinished']

  /** Takes the messages of one run, from its first to its last. */
  take(envelopes: readonly Envelope[]): void {
    const texts = new Map<string, string>()
    const used = new Set(envelopes.flatMap(({ testCase }) => testCase?.pickleId ?? []))
    for (const envelope of envelopes) {
      const { source, gherkinDocument, pickle, testRunStarted, testRunFinished } = envelope
      if (source) texts.set(source.uri, source.data)
      if (gherkinDocument) this.#takeDocument(gherkinDocument, texts)
      else if (source) this.#keepOnce(`${source.uri}\n${source.data}`, envelope)
      else if (testRunStarted) this.#takeStart(envelope, testRunStarted.id)
      else if (testRunFinished) this.#takeEnd(testRunFinished)
      else if (pickle === undefined || used.has(pickle.id)) this.#keep(envelope)
    }
  }

  /** What one run would have told. */
  all(): readonly Envelope[] {
    const end = this.#finished === undefined ? [] : [{ testRunFinished: this.#finished }]
    return [...this.#kept, ...end]
  }

  #takeDocument(document: GherkinDocument, texts: ReadonlyMap<string, string>): void {
    const { uri = '' } = document
    const key = `${uri}\n${texts.get(uri)}`
    const known = this.#documents.get(key)
    if (known !== undefined) this.#identify(document, known)
    else {
      this.#documents.set(key, document)
      this.#kept.push({ gherkinDocument: document })
    }
  }

  /** The same text, read twice, has the same shape; only the names of its parts differ. */
  #identify(again: unknown, known: unknown): void {
    if (!isRecord(again) || !isRecord(known)) return
    for (const [key, value] of Object.entries(again)) {
      const other = known[key]
      if (key === 'id' && typeof value === 'string' && typeof other === 'string') {
        this.#aliases.set(value, other)
      } else this.#identify(value, other)
    }
  }

  #takeStart(envelope: Envelope, id: string | undefined): void {
    if (this.#testRun === undefined) {
      this.#testRun = id
      this.#kept.push(envelope)
    } else if (id !== undefined) this.#aliases.set(id, this.#testRun)
  }

  #takeEnd(end: NonNullable<Envelope['testRunFinished']>): void {
    const success = end.success && this.#finished?.success !== false
    this.#finished = { ...this.#renamed(end), success }
  }

  /** Step definitions and hooks are the same in every run of a thread, and so is what is said of the machine. */
  #keep(envelope: Envelope): void {
    const { meta, stepDefinition, hook, parameterType } = envelope
    const definition = stepDefinition ?? hook ?? parameterType
    if (meta) this.#keepOnce('meta', envelope)
    else if (definition) this.#keepOnce(definition.id, envelope)
    else this.#kept.push(this.#renamed(envelope))
  }

  #keepOnce(key: string, envelope: Envelope): void {
    if (this.#once.has(key)) return
    this.#once.add(key)
    this.#kept.push(envelope)
  }

  #renamed<T>(value: T): T {
    if (typeof value === 'string') return (this.#aliases.get(value) ?? value) as T
    if (Array.isArray(value)) return value.map((each) => this.#renamed(each)) as T
    if (!isRecord(value)) return value
    const entries = Object.entries(value).map(([key, each]) => [key, this.#renamed(each)])
    return Object.fromEntries(entries) as T
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
