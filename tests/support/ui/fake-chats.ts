import { chatRoom } from '#common/domain/ids.ts'
import type { Actions, QueueItem } from '#renderer/data/api.ts'
import { attachmentsOf } from './fake-files.ts'
import { ticketOf } from './fake-snapshots.ts'
import type { MessageItem } from './world-seeds.ts'
import { message, personName, type FakeChat, type World } from './world.ts'

type Input<Name extends keyof Actions> = Parameters<Actions[Name]>[0]

export function chatOf(world: World, ticketId: string, chat: string): FakeChat {
  const found = [...world.chats.values()].find((each) => each.ticketId === ticketId && each.chat === chat)
  if (!found) throw new Error(`no chat ${chat} of ${ticketId}`)
  return found
}

const isOnline = (world: World) => world.connection.state === 'online'
const nextSeq = (chat: FakeChat) => chat.items.reduce((last, item) => Math.max(last, item.seq ?? 0), 0) + 1

/** A copy in each chat, on its way at once unless it is held or there is no connection. */
export function post(world: World, id: string, input: Input<'postMessage'>): void {
  const { ticketId, to, text, replyTo, holdMs } = input
  const waits = holdMs !== undefined || !isOnline(world)
  const draftRoom = chatRoom(ticketId, to[0] ?? 'customer')
  const attachments = attachmentsOf(world, draftRoom, input.files ?? [])
  for (const kind of to) {
    const chat = chatOf(world, ticketId, kind)
    const other = to.find((each) => each !== kind) ?? null
    const quoted = chat.items.find((item) => item.kind === 'message' && item.seq === replyTo)
    const seq = waits ? null : nextSeq(chat)
    const item = message({ now: Date.now(), me: world.me }, seq, world.me.id, 0, text, {
      id,
      delivery: waits ? 'queued' : 'sent',
      readBy: [],
      attachments,
      replyTo:
        quoted?.kind === 'message' && quoted.seq !== null
          ? { seq: quoted.seq, authorName: quoted.authorName, text: quoted.text }
          : null,
      crossPost: other === null ? null : { id, with: chatRoom(ticketId, other) },
      alsoIn: other,
      heldUntil: holdMs === undefined ? null : Date.now() + holdMs,
    })
    chat.items = [...chat.items, item]
  }
  if (attachments.length > 0) {
    world.folder.drafts.delete(draftRoom)
    const draft = world.chats.get(draftRoom)
    if (draft) draft.draft = ''
  }
  if (waits)
    world.queue = [
      ...world.queue,
      queued(world, ticketId, {
        id,
        state: holdMs === undefined ? 'queued' : 'held',
        chat: to[0] ?? null,
        text,
        attachments: attachments.length,
        canEdit: true,
      }),
    ]
}

/** A held message has waited long enough. */
export function release(world: World, id: string): void {
  const item = world.queue.find((each) => each.id === id)
  if (item?.state !== 'held') return
  const online = isOnline(world)
  world.queue = online
    ? world.queue.filter((each) => each.id !== id)
    : world.queue.map((each) => (each.id === id ? { ...each, state: 'queued' } : each))
  for (const chat of world.chats.values()) {
    const seq = online ? nextSeq(chat) : null
    chat.items = chat.items.map((each) =>
      each.kind === 'message' && each.id === id
        ? {
            ...each,
            heldUntil: null,
            seq,
            at: online ? Date.now() : null,
            delivery: online ? ('sent' as const) : ('queued' as const),
          }
        : each,
    )
  }
}

export function alterMessage(
  world: World,
  { ticketId, chats, target }: Input<'deleteMessage'>,
  changes: Partial<MessageItem>,
): void {
  for (const kind of chats) {
    const chat = chatOf(world, ticketId, kind)
    chat.items = chat.items.map((item) =>
      item.id === target && item.kind === 'message' ? { ...item, ...changes } : item,
    )
  }
}

/** Without a connection the changes wait, as the real ones do. */
export function changeParticipants(world: World, id: string, input: Input<'changeParticipants'>): void {
  const chat = chatOf(world, input.ticketId, input.chat)
  if (isOnline(world)) {
    for (const userId of input.remove) delete chat.participants[userId]
    for (const userId of input.add) {
      const person = world.people.find((each) => each.id === userId)
      if (person)
        chat.participants[userId] = {
          name: person.name,
          kind: person.kind,
          addedBy: world.me.id,
          addedAt: Date.now(),
        }
    }
    chat.participants = { ...chat.participants }
    const told = [...input.add.map((name) => ['joined', name]), ...input.remove.map((name) => ['left', name])] as const
    for (const [kind, userId] of told)
      chat.items = [
        ...chat.items,
        {
          kind: kind as 'joined' | 'left',
          id: `${kind}-${userId}-${id}`,
          seq: nextSeq(chat),
          at: Date.now(),
          name: personName(userId ?? null),
          byName: world.me.name,
        },
      ]
    return
  }
  chat.changes = {
    ...chat.changes,
    ...Object.fromEntries(input.add.map((userId) => [userId, 'adding'] as const)),
    ...Object.fromEntries(input.remove.map((userId) => [userId, 'removing'] as const)),
  }
  const entries = [
    ...(input.add.length > 0 ? [{ type: 'participants.add' as const, users: input.add }] : []),
    ...input.remove.map((userId) => ({ type: 'participants.remove' as const, users: [userId] })),
  ]
  world.queue = [
    ...world.queue,
    ...entries.map(({ type, users }, index) =>
      queued(world, input.ticketId, {
        id: `${id}${index}`,
        type,
        chat: input.chat,
        text: users.map(personName).join(', '),
      }),
    ),
  ]
}

function queued(world: World, ticketId: string, item: Partial<QueueItem> & Pick<QueueItem, 'id'>): QueueItem {
  const ticket = ticketOf(world, ticketId)
  return {
    type: 'message.post',
    state: 'queued',
    ticketId,
    ticketNumber: ticket.number,
    ticketTitle: ticket.fields.title,
    isTicketHere: true,
    chat: null,
    text: '',
    writtenAt: Date.now(),
    refusal: null,
    canEdit: false,
    attachments: 0,
    upload: null,
    ...item,
  }
}
