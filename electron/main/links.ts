const longestLink = 2000

/**
 * The address as the system may be asked to open it, or undefined. Only web pages, mail and telephone: any other scheme may
 * start a program. An address with a name or password before the host shows one server and leads to another; a mail
 * address may ask some mail programs to attach a file.
 */
export function safeLink(text: string): string | undefined {
  if (text.length > longestLink) return undefined
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  switch (url.protocol) {
    case 'https:':
      return url.username === '' && url.password === '' ? url.href : undefined
    case 'mailto:':
      return [...url.searchParams.keys()].some((key) => /^attach/i.test(key)) ? undefined : url.href
    case 'tel:':
      return /^tel:\+?[0-9()\-.]{1,40}$/.test(url.href) ? url.href : undefined
    default:
      return undefined
  }
}
