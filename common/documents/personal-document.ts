import type * as Y from 'yjs'
import * as z from 'zod/mini'
import type { RoomName, Seq } from '../domain/ids.ts'

/** Document of room `me.<userId>`, written by the server only. `chats`: Y.Map room → personal state of that chat; `settings`: Y.Map. */
const chatsOf = (document: Y.Doc): Y.Map<unknown> => document.getMap('chats')

const personalChatSchema = z.object({ read: z.int() })
export type PersonalChat = { read: Seq }

export function readPersonalChat(document: Y.Doc, room: RoomName): PersonalChat {
  const parsed = personalChatSchema.safeParse(chatsOf(document).get(room))
  return parsed.success ? parsed.data : { read: 0 }
}

export function readPersonalChats(document: Y.Doc): Map<RoomName, PersonalChat> {
  const chats = new Map<RoomName, PersonalChat>()
  for (const room of chatsOf(document).keys()) chats.set(room, readPersonalChat(document, room))
  return chats
}

/** Server: moves the read mark; other state of the chat stays. */
export function writeReadMark(document: Y.Doc, room: RoomName, read: Seq): void {
  const stored = chatsOf(document).get(room)
  const rest = typeof stored === 'object' && stored !== null ? stored : {}
  chatsOf(document).set(room, { ...rest, read })
}
