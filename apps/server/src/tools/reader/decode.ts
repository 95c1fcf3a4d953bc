/** Enough for whatever a page says about itself at its beginning. */
const HEAD_BYTES = 4_096
/** Whole Chinese pages have thousands of Han characters in a row of bytes that is no UTF-8. */
const HAN_SHARE_MIN = 0.2

/** The text of a page: byte order mark, then the server's word, then the page's own, then what its bytes look like. */
export function decodePage(bytes: Buffer, contentType: string): string {
  const label = markOf(bytes) ?? labelIn(contentType) ?? labelInHead(bytes)
  const known = label === undefined ? undefined : decoderFor(label)
  if (known) return known.decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return guess(bytes)
  }
}

function markOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : undefined
}

const labelIn = (text: string): string | undefined => /charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(text)?.[1]

function labelInHead(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, HEAD_BYTES)
  const meta = /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1]
  const found = meta ?? /^<\?xml[^>]+encoding\s*=\s*["']([\w:.-]+)/i.exec(head)?.[1]
  // A page that can be read so far is not in UTF-16, whatever it says.
  return found && /^utf-?16/i.test(found) ? 'utf-8' : found
}

function decoderFor(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    // GB 2312 and GBK are written with characters that only the newest standard has.
    return new TextDecoder(/^gb(k|2312|_2312-80)?$/i.test(label) ? 'gb18030' : label)
  } catch {
    return undefined
  }
}

function guess(bytes: Buffer): string {
  try {
    const text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
    const han = text.match(/\p{Script=Han}/gu)?.length ?? 0
    const beyond = text.match(/[^\p{ASCII}]/gu)?.length ?? 1
    if (han / beyond >= HAN_SHARE_MIN) return text
  } catch {
    // Not that either.
  }
  return new TextDecoder('windows-1252').decode(bytes)
}
