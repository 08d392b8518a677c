/** The page that the window shows: the bundle, or a development server. */
export type Page = { url: string; isOwn: (url: string) => boolean }

function originOf(text: string): string | undefined {
  try {
    // `URL.origin` is 'null' for schemes of our own.
    const { protocol, host } = new URL(text)
    return `${protocol}//${host}`
  } catch {
    return undefined
  }
}

export function createPage(url: string): Page {
  const origin = originOf(url)
  return { url, isOwn: (other) => origin !== undefined && originOf(other) === origin }
}
