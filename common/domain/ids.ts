/**
 * Identifiers. Ids of commands, messages and tickets are ULIDs made by the device that wrote them: 48 bits of time (ms)
 * and 80 random bits in Crockford's base 32, so they need no server and sort by the writer's clock.
 */
export type UserId = string
export type TicketId = string
export type MessageId = string
export type CommandId = string
export type DeviceId = string
/** Position of an entry in its chat, from 1, gap-free, given by the server. */
export type Seq = number
export type ChatKind = 'team' | 'customer'
export type RoomName = string

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const idPattern = /^[0-9A-Za-z-]{1,40}$/

/** Fills the array with random bytes; `crypto.getRandomValues` in products, a seeded source in tests. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

/** A function that makes ULIDs rising even within one millisecond and when the clock steps back. */
export function createUlidSource(nowMs: () => number, fillRandom: FillRandom): () => string {
  let lastTime = -1
  let digits = new Uint8Array(16)
  return () => {
    const time = Math.max(nowMs(), lastTime)
    if (time === lastTime) increment(digits)
    else digits = fillRandom(new Uint8Array(16)).map((byte) => byte & 31)
    lastTime = time
    let text = ''
    for (let rest = time, position = 0; position < 10; position++, rest = Math.floor(rest / 32))
      text = alphabet.charAt(rest % 32) + text
    for (const digit of digits) text += alphabet.charAt(digit)
    return text
  }
}

function increment(digits: Uint8Array): void {
  for (let position = digits.length - 1; position >= 0; position--) {
    const digit = digits[position] ?? 0
    digits[position] = (digit + 1) & 31
    if (digit !== 31) return
  }
}

export function isUlid(text: string): boolean {
  return ulidPattern.test(text)
}

/** Whether `text` can stand as an id inside a room name. */
export function isId(text: string): boolean {
  return idPattern.test(text)
}

export type Room =
  | { kind: 'outbox'; deviceId: DeviceId }
  | { kind: 'chat'; ticketId: TicketId; chat: ChatKind }
  | { kind: 'ticket'; ticketId: TicketId }
  | { kind: 'me'; userId: UserId }
  | { kind: 'directory' }

export const directoryRoom: RoomName = 'directory'
export const outboxRoom = (deviceId: DeviceId): RoomName => `outbox.${deviceId}`
export const chatRoom = (ticketId: TicketId, chat: ChatKind): RoomName => `chat.${ticketId}.${chat}`
export const ticketRoom = (ticketId: TicketId): RoomName => `ticket.${ticketId}`
export const personalRoom = (userId: UserId): RoomName => `me.${userId}`

/** Reads a room name; undefined when it is not one (SPEC.md, section «Rooms»). */
export function parseRoom(name: string): Room | undefined {
  if (name === directoryRoom) return { kind: 'directory' }
  const [kind, id, chat, ...rest] = name.split('.')
  if (id === undefined || !isId(id) || rest.length > 0) return undefined
  if (kind === 'chat') return chat === 'team' || chat === 'customer' ? { kind, ticketId: id, chat } : undefined
  if (chat !== undefined) return undefined
  if (kind === 'outbox') return { kind, deviceId: id }
  if (kind === 'ticket') return { kind, ticketId: id }
  if (kind === 'me') return { kind, userId: id }
  return undefined
}
