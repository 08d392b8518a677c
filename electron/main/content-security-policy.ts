/**
 * What the page may load and reach. Scripts and workers come from the app alone; styles may be inline, for widgets position
 * themselves with them; the network is open to any encrypted server, to this machine, and to the servers signed in to before.
 * @param servers addresses as the user gave them; those that are none are left out
 */
export function contentSecurityPolicy(servers: readonly string[]): string {
  const loopback = ['127.0.0.1', 'localhost'].flatMap((host) => [`http://${host}:*`, `ws://${host}:*`])
  const known = new Set(servers.flatMap(sourcesOf))
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' app-media: blob: data:",
    "media-src 'self' app-media: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", 'app-media:', 'https:', 'wss:', ...loopback, ...known].join(' ')}`,
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A host may hold `;` and `,` by the rules of addresses; in a policy they would begin another directive. */
const plainOrigin = /^https?:\/\/[0-9a-z.:[\]-]+$/

/** The origins of a server for HTTP and for sockets. */
function sourcesOf(server: string): string[] {
  const url = parseUrl(server)
  if (url === undefined || !plainOrigin.test(url.origin)) return []
  return [url.origin, url.origin.replace(/^http/, 'ws')]
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
