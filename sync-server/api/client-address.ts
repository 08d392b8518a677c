import type { IncomingMessage } from 'node:http'

/** Tells from which address a request comes. */
export type AddressOf = (request: IncomingMessage) => string

/**
 * `trustedProxies` are the addresses of proxies before the server: only what comes from them is believed about where it
 * came from, and of the list they send only the last entry, which they wrote themselves.
 */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trusted = new Set(trustedProxies)
  return (request) => {
    const direct = plain(request.socket.remoteAddress ?? '')
    if (!trusted.has(direct)) return direct
    const forwarded = request.headers['x-forwarded-for']
    const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').at(-1)?.trim()
    return last ? plain(last) : direct
  }
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address)
}

/** A dual-stack socket writes IPv4 addresses as `::ffff:127.0.0.1`. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
