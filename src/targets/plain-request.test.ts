import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { checkPlainRequest, type PlainRequest } from './plain-request'

const check = (method: PlainRequest['method'], path: string) =>
  checkPlainRequest({ method, path }, 'mine')

describe('what a scenario may ask for in plain words', () => {
  test('everything may be read, and what is in its namespace be written', () => {
    check('GET', '/')
    check('GET', '/apis')
    check('GET', '/api/v1/nodes?labelSelector=a%3Db&limit=5')
    check('GET', '/api/v1/namespaces/other/pods')
    check('POST', '/apis/apps/v1/namespaces/mine/daemonsets?fieldManager=me')
    check('PATCH', '/apis/apps/v1/namespaces/mine/daemonsets/agent/status')
  })

  test('a path from elsewhere is refused, and says which', () => {
    const refused: readonly (readonly [path: string, problem: RegExp])[] = [
      ['', /^Error: GET : wanted a path that begins with "\/", without spaces$/],
      ['api/v1', /begins with "\/"/],
      ['https://example.com/api', /begins with "\/"/],
      ['/api/v1/pods a', /without spaces/],
      ['/api\r\nHost: example.com', /without spaces/],
      ['/api/v1#pods', /without spaces/],
      ['//example.com/api', /one "\/" at the beginning/],
      ['/api/../metrics', /without "\." and "\.\."/],
      ['/api/%2e%2E/metrics', /without "\." and "\.\."/],
    ]
    for (const [path, problem] of refused) assert.throws(() => check('GET', path), problem, path)
  })

  test('a write outside of its namespace is refused', () => {
    const problem = /wanted a write inside the namespace mine/
    for (const path of [
      '/api/v1/nodes/node-a',
      '/api/v1/namespaces',
      '/api/v1/namespaces/mine',
      '/api/v1/namespaces/other/pods',
      '/api/v1/nodes?at=/namespaces/mine/pods',
      '/api/v1/nodes/namespaces%2Fmine%2Fpods',
      '/api/v1/nodes/namespaces/mine/proxy',
    ]) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
        assert.throws(() => check(method, path), problem, `${method} ${path}`)
      }
    }
  })

  test('no text gets a write past the namespace', () => {
    const piece = fc.constantFrom(
      ...['/', 'api/v1/', 'apis/apps/v1/', 'namespaces', '/mine/', '/other/'],
      ...['..', '%2f', '%2e', '?', '#', 'x'],
    )
    const path = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)
    fc.assert(
      fc.property(path, (text) => {
        try {
          check('DELETE', text)
        } catch {
          return
        }
        // As a server reads it: dots are resolved, and only then the segments are looked at.
        const { pathname } = new URL(text, 'https://localhost')
        assert.match(pathname, /^\/(?:api|[^/]*\/[^/]*)\/[^/]*\/namespaces\/mine\/./, text)
      }),
    )
  })
})
