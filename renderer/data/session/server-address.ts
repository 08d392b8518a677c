import { fail, succeed, type Result } from '#common/domain/result.ts'

const scheme = /^[a-z][a-z0-9+.-]*:\/\//i
/** A name, a number or an IPv6 address. The app's URL takes blanks and signs into a host too, escaped. */
const soundHost = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * The address of a server as a person types it → the one form under which everything of that server is kept:
 * `https://host[:port][/path]`, without a slash at the end. Without a scheme it means https, on this computer http.
 */
export function normaliseServer(typed: string): Result<string, 'bad-address'> {
  const text = typed.trim()
  const url = parse(scheme.test(text) ? text : `https://${text}`)
  if (url === undefined || !soundHost.test(url.hostname)) return fail('bad-address')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return fail('bad-address')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return fail('bad-address')
  const protocol = !scheme.test(text) && loopback.test(url.hostname) ? 'http:' : url.protocol
  // The port is read again under the right scheme: `localhost:443` without a scheme is not https.
  const address = parse(text.replace(scheme, '').replace(/^/, `${protocol}//`))
  if (address === undefined) return fail('bad-address')
  return succeed(`${address.protocol}//${address.host}${address.pathname.replace(/\/+$/, '')}`)
}

/** Address of the multiplexed socket of a normalised server. */
export function syncAddress(server: string): string {
  return `${server.replace(/^http/, 'ws')}/sync`
}

function parse(text: string): URL | undefined {
  // `URL.canParse` is younger than the oldest Chromium the app runs on.
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
