import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ContainerRuntimeClient } from 'testcontainers'
import { ensureImage } from './container-engine'
import { EnvironmentError, UsageError } from './errors'
import { imageProblem, pullProblem } from './image-problem'

const image = 'rancher/k3s:v1.36.2-k3s1'
const unresolved = new Error(
  '(HTTP code 500) server error - Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.2:53: no such host',
)

describe('an image that cannot be had', () => {
  it('is told in one line: what was wanted, what was found, why, and what to do', () => {
    assert.equal(
      imageProblem(image, ['rancher/k3s:v1.21.2-k3s1'], unresolved).message,
      'the image rancher/k3s:v1.36.2-k3s1 is wanted, the container engine has only rancher/k3s:v1.21.2-k3s1, ' +
        'and it cannot be pulled (no network here, or no registry registry.example: its name has no address): ' +
        'use one that is there, e.g. --image rancher/k3s:v1.21.2-k3s1, bring it in where there is a network by ' +
        'docker pull rancher/k3s:v1.36.2-k3s1, or compare with a recording by --reference recording:<path>',
    )
    assert.match(
      imageProblem(image, [], unresolved).message,
      /the container engine has no image of k3s, .*: bring it in/,
    )
  })

  for (const [said, wanted] of [
    [
      '(HTTP code 500) server error - Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'nothing answers at 127.0.0.1:1',
    ],
    [
      '(HTTP code 404) no such container - manifest for rancher/k3s:v9 not found: manifest unknown: manifest unknown',
      'its registry has no such image',
    ],
    [
      '(HTTP code 404) unexpected - pull access denied for x/y, repository does not exist or may require docker login',
      'its registry wants other credentials, or has no such image',
    ],
    [
      '(HTTP code 500) server error - Get "https://r/v2/": context deadline exceeded',
      'the registry cannot be reached',
    ],
    [
      '(HTTP code 500) server error - Get "https://r/v2/": x509: certificate signed by unknown authority',
      'the engine does not trust the certificate of the registry',
    ],
    ['(HTTP code 500) server error - no space left on device', 'no space left on device'],
  ] as const) {
    it(`is told by what it means: ${wanted}`, () =>
      assert.equal(pullProblem(new Error(said)), wanted))
  }
})

describe('an image is brought in', () => {
  const refused = (statusCode: number, message: string) => () =>
    Promise.reject(Object.assign(new Error(message), { statusCode }))
  const engineWith = (inspect: () => Promise<unknown>, pull: () => Promise<unknown>) =>
    ({
      container: {
        dockerode: {
          getImage: () => ({ inspect }),
          listImages: () =>
            Promise.resolve([
              { RepoTags: ['busybox:1', 'mirror.example/k3s:v1.30.0-k3s1'] },
              { RepoTags: null },
            ]),
        },
      },
      image: { pull },
    }) as unknown as ContainerRuntimeClient

  it('or told with those that are there', async () => {
    const engine = engineWith(refused(404, 'no such image'), () => Promise.reject(unresolved))
    await assert.rejects(ensureImage(engine, image), (error) => {
      assert.ok(error instanceof EnvironmentError)
      assert.match(error.message, /has only mirror\.example\/k3s:v1\.30\.0-k3s1, and it cannot/)
      assert.doesNotMatch(error.message, /HTTP code|dial tcp|\(\(/)
      return true
    })
  })

  it('never by a name that is none: that is a mistake of the command line', async () => {
    const engine = engineWith(
      refused(400, '(HTTP code 400) unexpected - invalid reference format'),
      () => assert.fail('pulled'),
    )
    await assert.rejects(ensureImage(engine, 'nonsense::'), (error) => {
      assert.ok(error instanceof UsageError)
      assert.match(
        error.message,
        /"nonsense::" is no name of an image: wanted e\.g\. v1\.36\.2-k3s1/,
      )
      return true
    })
  })
})
