import * as Y from 'yjs'
import {
  chatRoom,
  parseRoom,
  personalRoom,
  ticketRoom,
  type CommandId,
  type RoomName,
  type UserId,
} from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import type { AccountStores, MessageRow, ReplicaStore } from '#renderer/data/store/ports.ts'
import type { LogStore } from '#server/storage/log-store.ts'
import type { Accepted, Device, ReadTask } from './device.ts'
import { describeRoom, type Ledger } from './ledger.ts'

/** What is still wrong once everything is healed; empty when all promises hold. Each line starts with the promise's number. */
export async function findDifferences(ledger: Ledger, store: LogStore, devices: readonly Device[]): Promise<string[]> {
  const differences = await findLeftovers(ledger, (rooms) => bytesOf(store, rooms))
  for (const device of devices) {
    const stores = device.storesAtRest()
    if (stores === undefined) differences.push(`P10: ${device.name} is not signed in: ${device.describeSession()}`)
    else differences.push(...(await differencesOf(ledger, device, stores)))
    if (differences.length > 0) return differences
  }
  return differences
}

async function differencesOf(ledger: Ledger, device: Device, stores: AccountStores): Promise<string[]> {
  return [
    ...findLost(ledger, device),
    ...(await findDivergence(ledger, device, stores)),
    ...(await findLeftovers(ledger, (rooms) => stateOf(stores.replica, rooms))),
    ...(await findProjectionErrors(ledger, device, stores)),
    ...findWrongStanding(ledger, device),
  ].map((line) => line.replace(':', `: ${device.name}:`))
}

/** Every command the app promised to keep is applied once, or shown as refused. */
function findLost(ledger: Ledger, device: Device): string[] {
  const lines: string[] = []
  const rows = device.outboxRows()
  for (const { id, state } of rows) if (state === 'queued') lines.push(`P1: ${id} still waits in the outbox`)
  const refusedHere = new Set(rows.filter(({ state }) => state === 'refused').map(({ id }) => id))
  for (const command of device.accepted.values()) lines.push(...findLossOf(ledger, device, command, refusedHere))
  return lines
}

function findLossOf(ledger: Ledger, device: Device, command: Accepted, refusedHere: ReadonlySet<CommandId>): string[] {
  const { id, type } = command
  const { userId, watch, diskWasFull } = device
  const outcome = ledger.outcomeOf(userId, id)
  if (outcome !== undefined && outcome.refusal === undefined) {
    if (watch.cancelled.has(id) && !diskWasFull) return [`P11: ${type} ${id} was cancelled and happened`]
    if (refusedHere.has(id)) return [`P11: ${type} ${id} happened and is shown as refused`]
    if (command.read && ledger.readMark(userId, command.read.room) < command.read.seq)
      return [`P9: ${type} ${id} was taken and the mark is not there`]
    return type === 'message.post' ? findCopies(ledger, command) : []
  }
  if (!command.isKept || watch.withdrawn.has(id) || refusedHere.has(id)) return []
  // A read mark of a chat that is not theirs any more is forgotten without a word.
  if (command.read && (outcome !== undefined || isSettled(ledger, device, command.read))) return []
  return outcome
    ? [`P1: ${type} ${id} was refused (${outcome.refusal?.code}) and is not shown`]
    : [`P1: ${type} ${id} is lost`]
}

/** The mark is there, or it went into a later one of the same chat that was refused, of which nobody needs to be told. */
function isSettled(ledger: Ledger, { userId, accepted, watch }: Device, { room, seq }: ReadTask): boolean {
  const isRefused = ({ id }: Accepted): boolean =>
    ledger.outcomeOf(userId, id)?.refusal !== undefined || watch.withdrawn.has(id)
  const isLater = ({ read }: Accepted): boolean => read?.room === room && read.seq >= seq
  return (
    ledger.readMark(userId, room) >= seq || [...accepted.values()].some((other) => isLater(other) && isRefused(other))
  )
}

function findCopies(ledger: Ledger, { rooms = [], id }: Accepted): string[] {
  const lines: string[] = []
  for (const [room, { entries }] of ledger.rooms) {
    const copies = entries.filter((entry) => entry.type === 'message' && entry.id === id).length
    if (!rooms.includes(room) && copies > 0)
      lines.push(`P8: message ${id} was written for ${rooms.join(', ')} and stands in ${room}`)
    if (rooms.includes(room) && copies !== 1) lines.push(`P3: message ${id} stands ${copies} times in ${room}`)
  }
  return lines
}

/** Every room a user sees has the same content on the device as in the log, and no other room is there. */
async function findDivergence(ledger: Ledger, device: Device, { replica }: AccountStores): Promise<string[]> {
  const lines: string[] = []
  const states = await replica.load([...(await replica.heads()).keys()])
  for (const room of ledger.rooms.keys()) {
    if (parseRoom(room)?.kind === 'outbox') continue
    const isVisible = isReplicated(ledger, device.userId, room)
    const state = states.get(room)
    if (!isVisible && state !== undefined) lines.push(`P7: ${room} is still here`)
    if (!isVisible) continue
    const document = new Y.Doc()
    if (state) Y.applyUpdate(document, state.state)
    const here = describeRoom(room, document)
    if (here !== ledger.contentOf(room))
      lines.push(`P5: ${room} differs: here ${here}\n  log ${ledger.contentOf(room)}`)
  }
  return lines
}

/** N6: what was deleted is in no store any more. `contentOf` gives what a store holds of rooms. */
async function findLeftovers(
  ledger: Ledger,
  contentOf: (rooms: readonly RoomName[]) => Promise<Map<RoomName, Uint8Array[]>>,
): Promise<string[]> {
  const deletedIn = new Map([...ledger.rooms].map(([room, { entries }]) => [room, deletedTexts(entries)]))
  const rooms = [...deletedIn.keys()].filter((room) => deletedIn.get(room)?.length)
  const lines: string[] = []
  for (const [room, content] of await contentOf(rooms)) {
    const bytes = Buffer.concat(content)
    for (const text of deletedIn.get(room) ?? [])
      if (bytes.includes(text)) lines.push(`N6: ${room} holds «${text}», which was deleted`)
  }
  return lines
}

function deletedTexts(entries: readonly Entry[]): string[] {
  const deleted = new Set(entries.flatMap((entry) => (entry.type === 'delete' ? [entry.target] : [])))
  return entries.flatMap((entry) => {
    if (entry.type === 'message') return deleted.has(entry.id) ? [entry.text] : []
    return entry.type === 'edit' && deleted.has(entry.target) ? [entry.text] : []
  })
}

async function bytesOf(store: LogStore, rooms: readonly RoomName[]): Promise<Map<RoomName, Uint8Array[]>> {
  const contents = await store.loadMany(rooms)
  return new Map(
    [...contents].map(([room, { snapshot, updates }]) => [
      room,
      [...(snapshot ? [snapshot] : []), ...updates].map(({ update }) => update),
    ]),
  )
}

async function stateOf(store: ReplicaStore, rooms: readonly RoomName[]): Promise<Map<RoomName, Uint8Array[]>> {
  return new Map([...(await store.load(rooms))].map(([room, { state }]) => [room, [state]]))
}

/** P9: how many others' messages come after the mark. */
function unreadAfter(mark: number, messages: readonly ExpectedMessage[], userId: UserId): number {
  return messages.filter(({ seq, authorId, deleted }) => seq > mark && authorId !== userId && !deleted).length
}

function isReplicated(ledger: Ledger, userId: UserId, room: RoomName): boolean {
  if (parseRoom(room)?.kind === 'me' && room !== personalRoom(userId)) return false
  return ledger.visibility.sees(userId, room)
}

/** The screen offers what its user may do by the newest rights. */
function findWrongStanding({ world }: Ledger, device: Device): string[] {
  const person = world.users.get(device.userId)
  const standing = device.standing()
  if (!person || !standing) return []
  const { account, organisation } = standing
  const here = [account.roleId, [...account.permissions].sort(), account.districts, organisation.splitChats]
  const log = [person.roleId, [...person.permissions].sort(), [...person.districts], world.splitChats]
  const isSame = JSON.stringify(here) === JSON.stringify(log)
  return isSame ? [] : [`P5: believes to be ${JSON.stringify(here)}, the log says ${JSON.stringify(log)}`]
}

/** What lists and conversations show is what the documents say. */
async function findProjectionErrors(ledger: Ledger, device: Device, stores: AccountStores): Promise<string[]> {
  const lines: string[] = []
  for (const ticketId of ledger.world.tickets.keys()) {
    const stored = await stores.projection.ticket(ticketId)
    const seesTicket = ledger.visibility.sees(device.userId, ticketRoom(ticketId))
    if (!seesTicket && stored !== undefined) lines.push(`P7: ticket ${ticketId} is still listed`)
    if (seesTicket && stored === undefined) lines.push(`P5: ticket ${ticketId} is not listed`)
    for (const chat of ['team', 'customer'] as const) {
      const room = chatRoom(ticketId, chat)
      lines.push(...(await findChatErrors(ledger, device, stores, room)))
    }
  }
  return lines
}

async function findChatErrors(
  ledger: Ledger,
  device: Device,
  { projection }: AccountStores,
  room: RoomName,
): Promise<string[]> {
  const row = (await projection.chats([room])).get(room)
  const entries = ledger.entries(room)
  if (!ledger.visibility.sees(device.userId, room)) {
    const ids = entries.map(({ id }) => id)
    const left = (await projection.messagesById(room, ids)).size
    return row === undefined && left === 0 ? [] : [`P7: ${room} is still listed, with ${left} lines`]
  }
  if (entries.length === 0) return []
  if (row === undefined) return [`P5: ${room} is not listed`]
  const lines: string[] = []
  if (row.lastSeq !== entries.length) lines.push(`P5: ${room} is listed up to ${row.lastSeq} of ${entries.length}`)
  const mark = ledger.readMark(device.userId, room)
  const expected = messagesOf(entries)
  const unread = unreadAfter(mark, expected, device.userId)
  if (row.readSeq !== mark) lines.push(`P9: ${room} has the read mark ${row.readSeq}, the log ${mark}`)
  if (row.unread !== unread) lines.push(`P9: ${room} shows ${row.unread} unread of ${unread}`)
  const stored = await projection.messagesById(
    room,
    expected.map(({ id }) => id),
  )
  for (const { id, seq, text, deleted } of expected) {
    const shown = stored.get(id)
    if (!isSame(shown, seq, text, deleted))
      lines.push(`P5: ${room} seq ${seq} shows ${JSON.stringify(shown)} for «${text}»${deleted ? ', deleted' : ''}`)
  }
  return lines
}

function isSame(shown: MessageRow | undefined, seq: number, text: string, deleted: boolean): boolean {
  if (shown?.type !== 'message' || shown.seq !== seq || shown.deleted !== deleted) return false
  return deleted ? shown.text === '' : shown.text === text
}

type ExpectedMessage = { id: string; seq: number; authorId: UserId; text: string; deleted: boolean }

/** The messages of a chat with later edits and deletions worked in, by the plainest reading of the log. */
function messagesOf(entries: readonly Entry[]): ExpectedMessage[] {
  const messages = new Map<string, ExpectedMessage>()
  for (const entry of entries) {
    if (entry.type === 'message')
      messages.set(entry.id, {
        id: entry.id,
        seq: entry.seq,
        authorId: entry.authorId,
        text: entry.text,
        deleted: false,
      })
    const target = entry.type === 'edit' || entry.type === 'delete' ? messages.get(entry.target) : undefined
    if (target && entry.type === 'edit') target.text = entry.text
    if (target && entry.type === 'delete') target.deleted = true
  }
  return [...messages.values()]
}
