import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { warningHeaders } from './answer'

describe('warning headers', () => {
  it('API-140: carry the escaped text, once each', () => {
    assert.deepEqual(warningHeaders(['say "a\\b"', 'other', 'other']), [
      '299 - "say \\"a\\\\b\\""',
      '299 - "other"',
    ])
  })

  it('API-140: are cut when there is too much', () => {
    const headers = warningHeaders(Array.from({ length: 10 }, (_, index) => `${index}`.repeat(500)))
    for (const header of headers) assert.equal(header.length, '299 - ""'.length + 256)
  })

  it('cannot be split by what they say', () => {
    const [header = ''] = warningHeaders(['a\r\nSet-Cookie: x=y\u0000 ü'])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    assert.doesNotMatch(header, /[\u0000-\u001f]/)
    assert.equal(Buffer.from(header, 'latin1').toString('utf8'), '299 - "a Set-Cookie: x=y  ü"')
  })
})
