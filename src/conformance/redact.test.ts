import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redacted } from './redact'

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl'

describe('a message is passed on', () => {
  it('without tokens, keys and passwords, however they are written', () => {
    for (const text of [
      `Authorization: Bearer ${token}`,
      `authorization: bearer s3cr3t-s3cr3t`,
      `users: [{"token": "s3cr3t-s3cr3t"}]`,
      `token: s3cr3t-s3cr3t\nuser: x`,
      `client-key-data: s3cr3tLS0tLQ==`,
      `password="s3cr3t-s3cr3t"`,
      `-----BEGIN PRIVATE KEY-----\ns3cr3t\n-----END PRIVATE KEY-----`,
      `-----BEGIN RSA PRIVATE KEY-----\ns3cr3t, cut off`,
      `unexpected ${token} in body`,
    ]) {
      assert.doesNotMatch(redacted(text), /s3cr3t|eyJ/, text)
      assert.match(redacted(text), /<redacted>/)
    }
  })

  it('unchanged where there are none', () => {
    const text =
      'not within 60 s: the token of DaemonSet default/agent, bearer of the label app=agent'
    assert.equal(redacted(text), text)
  })
})
