import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { throwawayCertificates } from './certificates'

const now = new Date('2026-03-01T12:00:00Z')

describe('throwaway certificates', () => {
  const made = throwawayCertificates(now)
  const authority = new X509Certificate(made.authority)
  const certificate = new X509Certificate(made.certificate)

  it('are one of an authority and one that it has signed', () => {
    assert.deepEqual([authority.ca, certificate.ca], [true, false])
    assert.ok(authority.verify(authority.publicKey))
    assert.ok(certificate.verify(authority.publicKey))
    assert.ok(certificate.checkIssued(authority))
    assert.ok(certificate.checkPrivateKey(createPrivateKey(made.key)))
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']) // TLS server
  })

  it('are good for the loopback addresses alone, and for a month', () => {
    for (const host of ['localhost', 'kubernetes']) assert.equal(certificate.checkHost(host), host)
    for (const ip of ['127.0.0.1', '::1']) assert.equal(certificate.checkIP(ip), ip)
    assert.equal(certificate.checkHost('example.com'), undefined)
    assert.equal(certificate.checkIP('10.0.0.1'), undefined)
    assert.equal(Date.parse(certificate.validFrom), now.getTime() - 3_600_000)
    assert.equal(Date.parse(certificate.validTo), now.getTime() + 30 * 24 * 3_600_000)
  })

  it('are new every time', () => {
    const other = throwawayCertificates(now)
    assert.notEqual(new X509Certificate(other.certificate).serialNumber, certificate.serialNumber)
    assert.equal(new X509Certificate(other.certificate).verify(authority.publicKey), false)
  })
})
