/** What must not be passed on, whoever puts it into a message: keys, tokens, and the credentials of a kubeconfig. */
const secrets: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/=:-]{8,}/gi,
  /(?<=\b(?:token|password|client-key-data|client-certificate-data|certificate-authority-data|id-token|refresh-token)"?\s*[:=]\s*"?)[^\s"',}]{4,}/gi,
]

/** A message without credentials: reports and logs are passed on. */
export function redacted(message: string): string {
  return secrets.reduce((text, secret) => text.replace(secret, '<redacted>'), message)
}
