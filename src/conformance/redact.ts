/** What must not be passed on, whoever puts it into a message: keys, tokens, and the credentials of a kubeconfig. */
const secrets: readonly RegExp[] = [
  /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  // The same in base64, as kubeconfigs hold it.
  /\bLS0tLS1CRUdJTi[\w+/=]*/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  // What lets a node of k3s join.
  /\bK10[0-9a-f]{16,}::\S+/g,
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/=:-]{8,}/gi,
  // Whoever an address is opened as.
  /(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
  /(?<=--token[= ])[^\s"',}\\]{4,}/g,
  // Quotes may be escaped, once or more often: servers quote what they were sent.
  /(?<=\b(?:(?:access|auth|bearer|bootstrap|id|refresh)?[-_]?token|password|client-key-data|client-certificate-data|certificate-authority-data|keyData|certData|caData)\\*"?\s*[:=]\s*\\*"?)[^\s"',}\\]{4,}/gi,
]

/** A message without credentials: reports and logs are passed on. */
export function redacted(message: string): string {
  return secrets.reduce((text, secret) => text.replace(secret, '<redacted>'), message)
}

/** Where the messages of a run begin in cucumber's own page; they hold no `<`, so the next tag is their end. */
const beforeMessages = 'window.CUCUMBER_MESSAGES = ['
const afterMessages = '</script>'

/**
 * Cucumber's own page without credentials, text by text, so that its data stay what its script can read.
 *
 * Absent: the page is not whole, or not made as expected; nobody knows what it holds then, so it must not be passed on.
 */
export function redactedPage(page: string): string | undefined {
  const mark = page.indexOf(beforeMessages)
  const start = mark + beforeMessages.length
  const end = page.indexOf(afterMessages, start)
  if (mark < 0 || end < 0) return undefined
  const messages = page.slice(start, end).replace(/"(?:[^"\\]|\\.)*"/g, redactedLiteral)
  return page.slice(0, start) + messages + page.slice(end)
}

function redactedLiteral(literal: string): string {
  // JavaScript, not JSON: cucumber writes `<` in a way that JSON does not know.
  const text: unknown = JSON.parse(literal.replaceAll('\\x3C', '\\u003C'))
  const found = redacted(String(text))
  return found === text ? literal : JSON.stringify(found).replaceAll('<', '\\x3C')
}
