import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { EnvironmentError } from './errors'
import {
  misfitOf,
  readWarmState,
  removeWarmState,
  type WarmState,
  warmFiles,
  warmTargetOf,
  writeWarmState,
} from './warm-state'

const state: WarmState = {
  kind: 'WarmK3s',
  container: 'abc',
  volumes: ['v'],
  image: 'rancher/k3s:v1',
  imageId: 'sha256:1',
  controller: 'built-in',
  startedAt: '2026-01-01T00:00:00.000Z',
  kubeconfig: 'apiVersion: v1\n',
}

describe('the state of the warm k3s', () => {
  let environment: { readonly XDG_STATE_HOME: string }

  beforeEach(() => {
    environment = { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'dsc-warm-')) }
  })
  afterEach(() => rmSync(environment.XDG_STATE_HOME, { recursive: true }))

  it('lies with the state of other programs, or where the user says', () => {
    assert.equal(
      warmFiles({ HOME: '/home/ada' }).state,
      '/home/ada/.local/state/daemonset-conformance/warm-k3s.json',
    )
    assert.match(warmFiles({ ...environment, HOME: '/x' }).state, /dsc-warm-.*warm-k3s\.json$/)
  })

  it('is read as it was written, and gone once it is removed', () => {
    assert.equal(readWarmState(environment), undefined)
    writeWarmState(environment, state)
    assert.deepEqual(readWarmState(environment), state)
    removeWarmState(environment)
    assert.equal(readWarmState(environment), undefined)
    removeWarmState(environment)
  })

  it('holds credentials, so only its owner can read it, also when another file was there', () => {
    const files = warmFiles(environment)
    writeWarmState(environment, state)
    writeFileSync(`${files.state}.new`, '', { mode: 0o644 })
    writeWarmState(environment, state)
    for (const file of Object.values(files)) assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(readFileSync(files.kubeconfig, 'utf8'), state.kubeconfig)
  })

  it('is refused with the way out when it is cut or something else', () => {
    writeWarmState(environment, state)
    const { state: file } = warmFiles(environment)
    for (const text of [readFileSync(file, 'utf8').slice(0, 40), '{}', '[]', 'null']) {
      writeFileSync(file, text)
      assert.throws(
        () => readWarmState(environment),
        (error) => error instanceof EnvironmentError && /run dsc down/.test(error.message),
      )
    }
  })
})

describe('a warm k3s', () => {
  it('fits the same image, whatever its name, and the same controller', () => {
    assert.equal(misfitOf(state, { ...state, image: 'other/name:v1' }), undefined)
    assert.match(
      misfitOf(state, { ...state, image: 'rancher/k3s:v2', imageId: 'sha256:2' }) ?? '',
      /has the image rancher\/k3s:v1, and not rancher\/k3s:v2/,
    )
    assert.match(misfitOf(state, { ...state, controller: 'ours' }) ?? '', /controller of its own/)
    const ours: WarmState = { ...state, controller: 'ours' }
    assert.match(
      misfitOf(ours, { ...state, controller: 'built-in' }) ?? '',
      /no DaemonSet controller/,
    )
  })

  it('is spelled as the target that reuses it', () => {
    assert.equal(warmTargetOf(state), 'k3s')
    assert.equal(warmTargetOf({ controller: 'ours' }), 'k3s?controller=ours')
  })
})
