import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnvironmentError, UsageError } from './errors'
import type { Observation } from './observation'
import { currentSession, openSession } from './session'
import { parseTarget } from './target'

const open = (text: string) => openSession(parseTarget(text), { name: text, env: {} })

test('a session is the current one until it is disposed of, and there is one at a time', async () => {
  assert.equal(currentSession(), undefined)
  const session = await open('in-process')
  assert.equal(currentSession(), session)
  await assert.rejects(open('in-process'), /still open/)
  await session[Symbol.asyncDispose]()
  assert.equal(currentSession(), undefined)
  await session[Symbol.asyncDispose]()
})

test('a session keeps what its scenarios have shown', async () => {
  await using session = await open('in-process')
  await using cluster = await session.target.openScenario('x')
  const observation: Observation = cluster.observation()
  session.record('x', observation)
  assert.deepEqual([...session.observations], [['x', observation]])
})

test('a session listens for signals only while it is open', async () => {
  const before = process.listenerCount('SIGTERM')
  const session = await open('in-process')
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  await session[Symbol.asyncDispose]()
  assert.equal(process.listenerCount('SIGTERM'), before)
})

test('nothing can run on a recording, nor on a kubeconfig that is not there', async () => {
  await assert.rejects(open('recording:x'), UsageError)
  await assert.rejects(open('kubeconfig:/nowhere'), EnvironmentError)
})
