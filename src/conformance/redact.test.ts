import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redacted, redactedPage } from './redact'

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
      'https://ada:s3cr3t-s3cr3t@registry.example/v2/',
      `token is K10${'ab12'.repeat(16)}::server:s3cr3t`,
      `k3s agent --token s3cr3t-s3cr3t --server x`,
      `invalid: "{\\"access_token\\": \\"s3cr3t-s3cr3t\\"}"`,
      `keyData: s3cr3tLS0tLQ==`,
      `certificate LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0teyJ=`,
    ]) {
      assert.doesNotMatch(redacted(text), /s3cr3t|eyJ/, text)
      assert.match(redacted(text), /<redacted>/)
    }
  })

  it('unchanged where there are none', () => {
    const text =
      'not within 60 s: the token of DaemonSet default/agent, bearer of the label app=agent, automountServiceAccountToken: true'
    assert.equal(redacted(text), text)
  })
})

/** A page as cucumber writes it, with this as its messages. */
function page(messages: unknown): string {
  const text = JSON.stringify(messages).replaceAll('<', '\\x3C')
  return `<script>\nwindow.CUCUMBER_MESSAGES = ${text};\n</script><script>token: "not of the run"</script>`
}

describe('cucumber’s own page is passed on', () => {
  const hostile = '</script><b>"token": "s3cr3t-s3cr3t"\n\\ "x'

  it('without credentials, and otherwise as it was', () => {
    const messages = [{ source: { data: hostile } }, { meta: [1, 'token: s3cr3t-s3cr3t', null] }]
    const safe = redactedPage(page(messages))
    const wanted = [
      { source: { data: hostile.replace('s3cr3t-s3cr3t', '<redacted>') } },
      { meta: [1, 'token: <redacted>', null] },
    ]
    assert.equal(safe, page(wanted))
    assert.match(safe ?? '', /not of the run/)
    const harmless = page([{ source: { data: hostile.replace('token', 'taint') } }])
    assert.equal(redactedPage(harmless), harmless)
  })

  it('never where it was cut off, or is made in another way', () => {
    const whole = page([{ source: { data: hostile } }])
    assert.equal(redactedPage(whole.slice(0, whole.indexOf(';\n</script>'))), undefined)
    assert.equal(redactedPage('<script>window.MESSAGES = []</script>'), undefined)
  })
})
