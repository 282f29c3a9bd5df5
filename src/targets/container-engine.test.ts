import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { engineProblem, isOwnerDead, k3sImageFor, ownerOf, socketProblem } from './container-engine'
import { defaultK3sImage } from './target'

const folder = mkdtempSync(join(tmpdir(), 'dsc-engine-'))
after(() => rmSync(folder, { recursive: true }))

const problemOf = async (environment: Record<string, string>, socket = join(folder, 'none')) =>
  (await engineProblem(environment, new Error('x'), socket)).message

test('a missing engine is told in one line, with how to mend it', async () => {
  const path = join(folder, 'none')
  assert.match(
    await problemOf({}),
    /^there is no container engine \(.*none does not exist\): start/,
  )
  assert.match(await problemOf({ DOCKER_HOST: `unix://${path}` }, '/x'), /none does not exist/)
})

test('an engine that does not answer is told with its address', async () => {
  const socket = join(folder, 'socket')
  writeFileSync(socket, '')
  assert.match(await problemOf({}, socket), /no container engine answers at .*socket \(x\): start/)
  assert.match(
    await problemOf({ DOCKER_HOST: 'tcp://10.0.0.1:2375' }),
    /no container engine answers at tcp:\/\/10\.0\.0\.1:2375: start it, or correct DOCKER_HOST/,
  )
})

test('a socket that may not be used is told with the group', () => {
  const denied = Object.assign(new Error('permission denied'), { code: 'EACCES' })
  assert.match(
    socketProblem('/var/run/docker.sock', denied).message,
    /^no permission .* at \/var\/run\/docker\.sock: add yourself to the group/,
  )
})

test('the image comes from the flag, else the target, else the environment, else the default', () => {
  const environment = { DSC_K3S_IMAGE: 'v1.3' }
  const target = 'rancher/k3s:v1.2'
  assert.equal(k3sImageFor({ override: 'v1.1', target, environment }), 'rancher/k3s:v1.1')
  assert.equal(k3sImageFor({ target, environment }), 'rancher/k3s:v1.2')
  assert.equal(k3sImageFor({ environment }), 'rancher/k3s:v1.3')
  assert.equal(k3sImageFor({ environment: { DSC_K3S_IMAGE: '' } }), defaultK3sImage)
})

test('the owner of a container is dead when its process on this machine is', () => {
  assert.equal(isOwnerDead(ownerOf()), false)
  const { pid } = spawnSync(process.execPath, ['--version'])
  assert.equal(isOwnerDead(ownerOf(pid)), true)
  assert.equal(isOwnerDead(`another-machine/${pid}`), false)
  assert.equal(isOwnerDead(''), false)
})
