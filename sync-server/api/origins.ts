/** The desktop app's pages; always welcome. */
const desktopOrigin = 'app://bundle'

/** Tells whether pages of an origin may use the server. No origin at all: not a page, but a program that sends what it likes anyway. */
export type OriginCheck = (origin: string | undefined) => boolean

/** Compares exactly: `https://host.evil` is not `https://host`, and `null` is nobody. */
export function createOriginCheck(allowed: readonly string[]): OriginCheck {
  const origins = new Set([desktopOrigin, ...allowed])
  return (origin) => origin === undefined || origins.has(origin)
}
