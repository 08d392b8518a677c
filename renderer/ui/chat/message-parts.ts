import { find } from 'linkifyjs'

export type MessagePart = { kind: 'text'; text: string } | { kind: 'link'; text: string; href: string }

const allowedProtocols = ['http:', 'https:', 'mailto:', 'tel:']

/** Telephone numbers as people write them: +7 812 555-01-42, 8 (921) 123-45-67. */
const phonePattern =
  /(?<![\p{L}\d])(?:\+\d{1,3}|8)[\s\u00a0-]?\(?\d{3}\)?[\s\u00a0-]?\d{3}[\s\u00a0-]?\d{2}[\s\u00a0-]?\d{2}(?!\d)/gu

/** The text of a message with its links: http, https, mailto and tel only. Everything else stays plain text. */
export function messageParts(text: string): MessagePart[] {
  const links = [...webLinks(text), ...phoneLinks(text)].sort((one, other) => one.start - other.start)
  const parts: MessagePart[] = []
  let end = 0
  for (const link of links) {
    if (link.start < end) continue
    if (link.start > end) parts.push({ kind: 'text', text: text.slice(end, link.start) })
    parts.push({ kind: 'link', text: link.text, href: link.href })
    end = link.start + link.text.length
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) })
  return parts
}

type FoundLink = { start: number; text: string; href: string }

function webLinks(text: string): FoundLink[] {
  return find(text, { defaultProtocol: 'https' }).flatMap(({ start, value, href }) =>
    isSafe(href) ? [{ start, text: value, href }] : [],
  )
}

/** A name before the host (`https://bank.ru@evil.ru`) makes an address look like another: it gets no link. */
function isSafe(href: string): boolean {
  let url: URL
  try {
    url = new URL(href)
  } catch {
    return false
  }
  return allowedProtocols.includes(url.protocol) && url.username === '' && url.password === ''
}

function phoneLinks(text: string): FoundLink[] {
  return [...text.matchAll(phonePattern)].map((match) => ({
    start: match.index,
    text: match[0],
    href: `tel:${match[0].replace(/^8/, '+7').replace(/[^\d+]/g, '')}`,
  }))
}
