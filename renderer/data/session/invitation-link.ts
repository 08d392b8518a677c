import { fail, succeed, type Result } from '#common/domain/result.ts'
import { normaliseServer } from './server-address.ts'

const marker = '#invitation='

/** The one-time link of an invitation: its token stands behind `#`, which is sent to no server and kept in no log. */
export function invitationLink(server: string, token: string): string {
  return `${server}/${marker}${encodeURIComponent(token)}`
}

/** What a person typed or pasted → the server's normalised address and the token. */
export function readInvitationLink(link: string): Result<{ server: string; token: string }, 'bad-link'> {
  const [address, encoded, ...rest] = link.trim().split(marker)
  if (address === undefined || !encoded || rest.length > 0) return fail('bad-link')
  const server = normaliseServer(address)
  const token = decoded(encoded)
  return server.ok && token !== undefined ? succeed({ server: server.value, token }) : fail('bad-link')
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
