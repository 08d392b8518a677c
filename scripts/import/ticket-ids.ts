import { createHash } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The id of an imported ticket, a ULID of the time 0: made of what the ticket is, never of when it was imported, so that the
 * same file makes the same tickets on any computer and the server knows them again.
 */
function idFrom(parts: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest()
  const digits = [...digest.subarray(0, 16)].map((byte) => alphabet.charAt(byte & 31))
  return '0'.repeat(10) + digits.join('')
}

/** Of a ticket with a number of its own in the system it comes from. Numbers of several systems are kept apart by `source`. */
export function idOfExternal(source: string, externalId: string): string {
  return idFrom(['external', source, externalId])
}

/** Of tickets that are known by their content only: equal ones are told apart by how many came before them. */
export function contentIds(source: string): (content: Record<string, unknown>) => string {
  const seen = new Map<string, number>()
  return (content) => {
    const sorted = Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1))
    const key = JSON.stringify(sorted)
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return idFrom(['content', source, sorted, before])
  }
}
