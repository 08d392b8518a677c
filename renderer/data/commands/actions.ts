import type { Command } from '#common/domain/command.ts'
import { chatRoom, type ChatKind, type RoomName, type Seq, type TicketId } from '#common/domain/ids.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Actions, Written } from '../api.ts'
import type { OutboxRow, ProjectionStore } from '../store/ports.ts'
import { chatsOf, contentOf, isAcceptable, type BuildCommand, type CommandContent } from './build-command.ts'
import type { Keeper } from './keeper.ts'
import { storedRow, type ListedRow } from './outbox-list.ts'
import { attachmentOf, isReady } from '../media/kept-file.ts'

/** The actions that write something for the server. */
export type WritingActions = Pick<
  Actions,
  | 'postMessage'
  | 'editMessage'
  | 'deleteMessage'
  | 'changeParticipants'
  | 'createTicket'
  | 'updateTicket'
  | 'changeStage'
  | 'assign'
  | 'markRead'
  | 'markAllRead'
  | 'saveDraft'
  | 'cancelQueued'
  | 'takeBack'
  | 'editQueued'
  | 'retryRefused'
  | 'discardRefused'
  | 'updateOrganisation'
  | 'createRole'
  | 'updateRole'
  | 'deleteRole'
  | 'createUser'
  | 'updateUser'
>

export type ActionParts = {
  build: BuildCommand
  newId(): string
  keeper: Keeper
  projection: ProjectionStore
  /** Whether the server may have this command already. */
  mayBeThere(row: ListedRow): boolean
  /** Something the user believes to be kept or gone could not be recorded. */
  notSaved(detail: string): void
}

export function createWritingActions(parts: ActionParts): WritingActions {
  const { keeper, build, notSaved } = parts

  /** All or none; the answer names the first. */
  async function submit(...contents: CommandContent[]): Promise<Written> {
    const commands: Command[] = []
    for (const content of contents) {
      const built = build(content)
      if (!built.ok) return fail({ kind: 'invalid', refusal: built.reason })
      commands.push(built.value)
    }
    const [first] = commands
    if (first === undefined) return fail({ kind: 'invalid', refusal: refusal('E_COMMAND_INVALID') })
    const kept = await keeper.add(commands)
    return kept.ok ? succeed({ id: first.id }) : kept
  }

  return {
    ...administration(submit),
    postMessage: (message) => postMessage(parts, message),
    editMessage: ({ ticketId, chats, target, text }) =>
      submit(...chats.map((chat) => ({ type: 'message.edit', ticketId, chat, target, text }) as const)),
    deleteMessage: ({ ticketId, chats, target }) =>
      submit(...chats.map((chat) => ({ type: 'message.delete', ticketId, chat, target }) as const)),
    changeParticipants: ({ ticketId, chat, add, remove }) =>
      submit(
        ...(add.length > 0 ? [{ type: 'participants.add', ticketId, chat, userIds: add } as const] : []),
        ...remove.map((userId) => ({ type: 'participants.remove', ticketId, chat, userId }) as const),
      ),
    createTicket: ({ fields }) => submit({ type: 'ticket.create', fields }),
    updateTicket: ({ ticketId, fields }) => submit({ type: 'ticket.update', ticketId, fields }),
    changeStage: ({ ticketId, stage, reason }) => submit({ type: 'ticket.stage', ticketId, stage, reason }),
    assign: ({ ticketId, assigneeId }) => submit({ type: 'ticket.assign', ticketId, assigneeId }),
    markRead: async ({ ticketId, chat, seq }) => {
      const room = chatRoom(ticketId, chat)
      const chats = await parts.projection.chats([room])
      return mark(parts, { room, ticketId, chat, seq }, chats.get(room)?.readSeq ?? 0)
    },
    markAllRead: () => markAll(parts),
    async saveDraft({ room, text }) {
      const saved = await keeper.saveDraft(room, text)
      if (!saved.ok && saved.reason.kind === 'not-saved') notSaved(saved.reason.detail)
      return saved
    },
    cancelQueued({ id }) {
      const room = draftRoomOf(keeper, id)
      return takeBack(parts, id, keeper.list.find(id)?.files && room ? { room } : undefined)
    },
    takeBack({ id, text }) {
      const room = draftRoomOf(keeper, id)
      return room === undefined ? Promise.resolve(false) : takeBack(parts, id, { room, text })
    },
    editQueued: ({ id, text }) => editQueued(parts, id, text),
    retryRefused: async ({ id }) => {
      const row = keeper.list.find(id)
      return row?.state === 'refused' ? retry(parts, row, row.command) : notRefused
    },
    async discardRefused({ id }) {
      const isThere = keeper.list.find(id)?.state === 'refused' && !keeper.list.isBlocked(id)
      if (isThere && !(await keeper.discard(id))) notSaved('')
    },
  }
}

function administration(submit: (content: CommandContent) => Promise<Written>) {
  return {
    updateOrganisation: (changes) => submit({ type: 'organisation.update', ...changes }),
    createRole: (role) => submit({ type: 'role.create', ...role }),
    updateRole: (changes) => submit({ type: 'role.update', ...changes }),
    deleteRole: ({ roleId }) => submit({ type: 'role.delete', roleId }),
    createUser: (user) => submit({ type: 'user.create', ...user }),
    updateUser: (changes) => submit({ type: 'user.update', ...changes }),
  } satisfies Partial<WritingActions>
}

/** A message's files are those of the draft of the chat that was written in, the first of them. */
async function postMessage({ keeper, build }: ActionParts, message: Parameters<Actions['postMessage']>[0]) {
  const { ticketId, to, text, replyTo, holdMs, files: ids = [] } = message
  const [chat] = to
  const fromDraft = chat && { room: chatRoom(ticketId, chat), text }
  const drafted = fromDraft ? keeper.draftOf(fromDraft.room).files : []
  const files = ids.flatMap((id) => drafted.find((file) => file.id === id) ?? [])
  const ready = files.filter(isReady)
  if (ready.length < ids.length) {
    const failed = files.filter(({ failure }) => failure !== null).length
    const missing = ids.length - files.length
    return fail({ kind: 'files', preparing: files.length - ready.length - failed, failed, missing } as const)
  }
  const attachments = ready.flatMap((file) => attachmentOf(file) ?? [])
  const built = build({ type: 'message.post', ticketId, to, text, attachments, replyTo })
  if (!built.ok) return fail({ kind: 'invalid', refusal: built.reason } as const)
  const kept = await keeper.add([built.value], { holdMs, files: ready, fromDraft })
  return kept.ok ? succeed({ id: built.value.id }) : kept
}

function draftRoomOf(keeper: Keeper, id: string): RoomName | undefined {
  const command = keeper.list.find(id)?.command
  return command?.type === 'message.post' ? chatsOf(command)[0] : undefined
}

async function takeBack(
  { keeper, mayBeThere, notSaved }: ActionParts,
  id: string,
  draft?: { room: RoomName; text?: string },
): Promise<boolean> {
  const row = keeper.list.find(id)
  // What the server may have can't be taken back by this device alone, and saying so would be a lie.
  if (row === undefined || mayBeThere(row)) return false
  const done = await keeper.discard(id, draft)
  if (!done) notSaved('')
  return done
}

type Mark = { room: RoomName; ticketId: TicketId; chat: ChatKind; seq: Seq }

/** Read marks of one chat that wait; a later one says all that an earlier one does. */
function waitingMarks({ keeper }: ActionParts, room: RoomName): (ListedRow & { seq: Seq })[] {
  return keeper.list
    .pending()
    .flatMap((row) =>
      row.state === 'queued' && row.command.type === 'read.mark' && chatsOf(row.command)[0] === room
        ? [{ ...row, seq: row.command.seq }]
        : [],
    )
}

function buildMark(parts: ActionParts, { room, ticketId, chat, seq }: Mark) {
  const replaced = waitingMarks(parts, room).filter((row) => row.seq <= seq && !parts.mayBeThere(row))
  return { built: parts.build({ type: 'read.mark', ticketId, chat, seq }), replaced: replaced.map(({ id }) => id) }
}

/** A mark that would move nothing is not written. */
async function mark(parts: ActionParts, wanted: Mark, storedSeq: Seq): Promise<Written> {
  // One that is not durable yet is no answer: it may still be lost.
  const further = waitingMarks(parts, wanted.room).find(({ seq, unsaved }) => !unsaved && seq >= wanted.seq)
  if (further) return succeed({ id: further.id })
  if (storedSeq >= wanted.seq) return succeed({ id: parts.newId() })
  const { built, replaced } = buildMark(parts, wanted)
  if (!built.ok) return fail({ kind: 'invalid', refusal: built.reason })
  const kept = await parts.keeper.add([built.value], { replaced })
  return kept.ok ? succeed({ id: built.value.id }) : kept
}

async function markAll(parts: ActionParts): Promise<void> {
  const commands: Command[] = []
  const replaced: string[] = []
  for (const { room, ticketId, chat, lastSeq } of await parts.projection.unreadChats()) {
    if (waitingMarks(parts, room).some(({ seq }) => seq >= lastSeq)) continue
    const wanted = buildMark(parts, { room, ticketId, chat, seq: lastSeq })
    if (!wanted.built.ok) continue
    commands.push(wanted.built.value)
    replaced.push(...wanted.replaced)
  }
  if (commands.length === 0) return
  const kept = await parts.keeper.add(commands, { replaced })
  if (!kept.ok && kept.reason.kind === 'not-saved') parts.notSaved(kept.reason.detail)
}

async function editQueued(parts: ActionParts, id: string, text: string): Promise<boolean> {
  const { keeper, mayBeThere, notSaved } = parts
  const row = keeper.list.find(id)
  if (row?.command.type !== 'message.post') return false
  const command = { ...row.command, text }
  if (row.state === 'refused') return (await retry(parts, row, command)).ok
  if (mayBeThere(row) || !isAcceptable(command)) return false
  const done = await keeper.rewrite(command)
  if (!done) notSaved('')
  return done
}

const notRefused = fail({ kind: 'not-saved', detail: 'not a refused command' } as const)

/** Words under a new id: the server remembers the old one as refused. They keep the time of their writing. */
async function retry(
  { keeper, build }: ActionParts,
  { id, files: kept }: ListedRow,
  command: Command,
): Promise<Written> {
  // Asked for twice while the disk is slow, it would be sent twice.
  if (keeper.list.isBlocked(id)) return notRefused
  const built = build(contentOf(command), command.writtenAt)
  if (!built.ok) return fail({ kind: 'invalid', refusal: built.reason })
  const rewritten = command.type === 'ticket.create' ? aboutTicket(keeper, id, built.value.id) : []
  const files = kept?.map((file) => ({ ...file, failure: null })) ?? []
  keeper.list.block(id, true)
  const added = await keeper.add([built.value], { replaced: [id], rewritten, files })
  keeper.list.block(id, false)
  return added.ok ? succeed({ id: built.value.id }) : added
}

/** What was written about a ticket that was refused belongs to the one that takes its place. */
function aboutTicket(keeper: Keeper, ticketId: TicketId, newTicketId: TicketId): OutboxRow[] {
  return keeper.list.pending().flatMap((row) => {
    const { command, sending } = row
    if (sending || command.type === 'ticket.create' || !('ticketId' in command) || command.ticketId !== ticketId)
      return []
    return [{ ...storedRow(row), command: { ...command, ticketId: newTicketId } }]
  })
}
