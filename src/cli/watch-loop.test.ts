import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { watchLoop } from './watch-loop'

/** A watch over a folder of real files whose runs the test ends itself. */
class Watched {
  readonly folder = mkdtempSync(join(tmpdir(), 'dsc-watch-'))
  readonly ending = new AbortController()
  readonly events = new EventEmitter()
  readonly runs: string[] = []
  /** How many of the next runs go on until they are interrupted. */
  long = 0
  readonly over: Promise<void>

  constructor() {
    this.save('a.feature')
    this.over = watchLoop({
      paths: () => [this.folder],
      affectedBy: (path) => (/none/.test(path) ? new Set() : new Set([basename(path)])),
      idle: () => this.events.emit('idle'),
      signal: this.ending.signal,
      run: async (affected, _saved, signal) => {
        this.runs.push(affected === 'everything' ? affected : [...affected].sort().join())
        this.events.emit('run')
        if (this.long-- > 0 && !signal.aborted) await once(signal, 'abort')
      },
    })
  }

  save(name: string): void {
    writeFileSync(join(this.folder, name), String(this.runs.length))
  }

  async until(event: 'idle' | 'run'): Promise<void> {
    await once(this.events, event)
  }
}

describe('a watch', () => {
  let watched: Watched

  beforeEach(() => {
    watched = new Watched()
  })
  afterEach(async () => {
    watched.ending.abort()
    await watched.over
    rmSync(watched.folder, { recursive: true })
  })

  it('runs everything once, and then what a saved file affects', async () => {
    await watched.until('idle')
    watched.save('a.feature')
    await watched.until('idle')
    watched.save('b.feature')
    await watched.until('idle')
    assert.deepEqual(watched.runs, ['everything', 'a.feature', 'b.feature'])
  })

  it('passes over files that affect nothing, and those that are no sources', async () => {
    await watched.until('idle')
    watched.save('none.feature')
    watched.save('notes.txt')
    watched.save('b.feature')
    await watched.until('idle')
    assert.deepEqual(watched.runs, ['everything', 'b.feature'])
  })

  it('ends a run during which a file is saved, and runs what it left open as well', async () => {
    await watched.until('idle')
    watched.long = 1
    watched.save('a.feature')
    await watched.until('run')
    watched.save('b.feature')
    await watched.until('idle')
    assert.deepEqual(watched.runs, ['everything', 'a.feature', 'a.feature,b.feature'])
  })

  it('is over when it is interrupted, while it waits and while something runs', async () => {
    await watched.until('idle')
    watched.long = 1
    watched.save('a.feature')
    await watched.until('run')
    watched.ending.abort()
    await watched.over
    assert.equal(watched.runs.length, 2)
  })
})
