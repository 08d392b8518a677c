/** Control characters, and those that hide or reverse others; the joiners of emoji stay. */
const hidden = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu
const lineBreak = /\r\n?|[\n\u2028\u2029]/g
const longestTitle = 120
const longestBody = 400

function shorten(text: string, longest: number): string {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`
}

/** One line without characters that hide or reverse others. */
export function notificationTitle(text: string): string {
  return shorten(text.replace(lineBreak, ' ').replace(hidden, '').trim(), longestTitle)
}

/**
 * Notification services of Linux read the body as markup, and Electron hands it over as it is: a message could show a link
 * or a picture of its own.
 */
export function notificationBody(text: string, platform: NodeJS.Platform): string {
  const lines = text.split(lineBreak).map((line) => line.replace(hidden, ''))
  const plain = shorten(lines.join('\n').trim(), longestBody)
  if (platform !== 'linux') return plain
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
