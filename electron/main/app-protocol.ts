import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { protocol } from 'electron'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { mediaScheme } from './media/media-protocol.ts'

/** The page's own origin: unlike file:// it reaches nothing but the bundle, and storage and workers belong to it. */
const appScheme = 'app'
export const appOrigin = `${appScheme}://bundle`

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mp3': 'audio/mpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** Must be called before the app is ready, and once: a second call would take back what the first registered. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true }
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { ...privileges, codeCache: true } },
    // Another origin than the page: what is in a file never counts as the page's own.
    { scheme: mediaScheme, privileges: { ...privileges, corsEnabled: true } },
  ])
}

/** The file of the bundle that a request names; undefined when it names something else. */
function fileOf(requested: string, folder: string): string | undefined {
  const url = new URL(requested)
  if (url.host !== 'bundle') return undefined
  let path: string
  try {
    path = decodeURIComponent(url.pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0')) return undefined
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(folder + sep) ? file : undefined
}

/**
 * Serves the built page from `folder`.
 * @param servers asked at each request: a worker started after a sign-in elsewhere may reach that server
 */
export function serveApp(folder: string, servers: () => readonly string[]): void {
  protocol.handle(appScheme, async (request) => {
    const file = request.method === 'GET' ? fileOf(request.url, folder) : undefined
    const content = file === undefined ? undefined : await readFile(file).catch(() => undefined)
    if (file === undefined || content === undefined) return new Response('', { status: 404 })
    return new Response(content, {
      headers: {
        'Content-Type': contentTypes[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': contentSecurityPolicy(servers()),
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      },
    })
  })
}

/** Serves photos and videos under `app-media:`. */
export function serveMedia(respond: (request: Request) => Promise<Response>): void {
  protocol.handle(mediaScheme, respond)
}
