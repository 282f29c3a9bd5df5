import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'

/** What a TLS server needs, and what its clients need to trust it. */
export interface Certificates {
  /** The certificate of the authority, in PEM. */
  readonly authority: string
  /** The certificate of the server, in PEM. */
  readonly certificate: string
  /** The key of the server, in PEM. */
  readonly key: string
}

/** Certificates are thrown away with the process; this is longer than any runs. */
const validMilliseconds = 30 * 24 * 3_600_000
/** Clocks of clients may be a little behind. */
const backdatedMilliseconds = 3_600_000

const commonName = '2.5.4.3'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'

interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/**
 * Makes an authority for this one run and a certificate of it for the loopback addresses.
 *
 * The key of the authority is forgotten at once, so nothing else can ever be signed with it.
 */
export function throwawayCertificates(now: Date): Certificates {
  const authorityKeys = newKeys()
  const serverKeys = newKeys()
  const authorityName = nameOf('daemonset-conformance throwaway CA')
  const signed = (subject: Name, keys: Keys, extensions: readonly Extension[]): string =>
    pemOf(
      certificateOf({
        now,
        subject,
        issuer: authorityName,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        extensions,
      }),
    )
  return {
    authority: signed(authorityName, authorityKeys, [
      critical(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
      critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign)),
      extension(id_ce_subjectKeyIdentifier, new OctetString(keyIdOf(authorityKeys))),
    ]),
    certificate: signed(nameOf('kube-apiserver'), serverKeys, [
      critical(id_ce_basicConstraints, new BasicConstraints()),
      critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdOf(authorityKeys)) }),
      ),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
    ]),
    key: serverKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const names = [
  new GeneralName({ dNSName: 'localhost' }),
  new GeneralName({ dNSName: 'kubernetes' }),
  new GeneralName({ iPAddress: '127.0.0.1' }),
  new GeneralName({ iPAddress: '::1' }),
]

function newKeys(): Keys {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function certificateOf(parts: {
  readonly now: Date
  readonly subject: Name
  readonly issuer: Name
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly extensions: readonly Extension[]
}): ArrayBuffer {
  const { now, subject, issuer, publicKey, signingKey, extensions } = parts
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer,
    validity: new Validity({
      notBefore: new Date(now.getTime() - backdatedMilliseconds),
      notAfter: new Date(now.getTime() + validMilliseconds),
    }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), signingKey)
  return AsnConvert.serialize(
    new Certificate({
      tbsCertificate,
      signatureAlgorithm,
      signatureValue: bytesOf(signature),
    }),
  )
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text })
  return new Name([
    new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })]),
  ])
}

function extension(extnID: string, value: object): Extension {
  return new Extension({ extnID, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

function critical(extnID: string, value: object): Extension {
  return new Extension({ ...extension(extnID, value), critical: true })
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** By which a certificate names the key that has signed it. */
function keyIdOf({ publicKey }: Keys): ArrayBuffer {
  return bytesOf(createHash('sha256').update(spkiOf(publicKey)).digest().subarray(0, keyIdBytes))
}

const keyIdBytes = 20

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer
}

/** Sixteen random bytes, positive. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return bytesOf(bytes)
}

const lineLength = 64

function pemOf(certificate: ArrayBuffer): string {
  const text = Buffer.from(certificate).toString('base64')
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
