import { isUlid } from '#common/domain/ids.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Actions, NaryadData, Watchables, WatchName, Written } from '#renderer/data/api.ts'
import { createAdminActions, dropPending } from './fake-admin.ts'
import { alterMessage, changeParticipants, chatOf, post, release } from './fake-chats.ts'
import { createFileActions } from './fake-files.ts'
import { snapshotOf, ticketOf, unreadOf } from './fake-snapshots.ts'
import type { World } from './world.ts'

export type FakeData = NaryadData & {
  world: World
  /** Changes the world and tells whoever watches. */
  change(alter: (world: World) => void): void
  /** Every action that was called, with its input. */
  calls: { name: string; input: unknown }[]
  /** The next writes fail, as with a full disk. */
  failWrites(failing: boolean): void
  /** What is watched from now on answers so late; ms. */
  answerAfter(latencyMs: number): void
  /** Messages are held for so long, whatever is asked: a slow machine must not miss the time in which they can be taken back. */
  holdFor(durationMs: number): void
}

/** A whole `NaryadData` in memory: what is written is sent at once while the world is online. */
export function createFakeData(world: World): FakeData {
  const listeners = new Set<() => void>()
  const calls: FakeData['calls'] = []
  let version = 0
  let failing = false
  let heldForMs: number | null = null
  let lastId = 0
  let latencyMs = 0
  /** When each question that is answered late was asked first. */
  const asked = new Map<string, number>()

  const change = (alter: (world: World) => void) => {
    alter(world)
    world.connection = {
      ...world.connection,
      queued: world.queue.filter((item) => item.state !== 'refused').length,
      refused: world.queue.filter((item) => item.state === 'refused').length,
    }
    version++
    for (const listener of listeners) listener()
  }

  const watch = <Name extends WatchName>(name: Name, argument: Watchables[Name]['arguments']) => {
    const key = JSON.stringify([name, argument])
    const isOnItsWay = () => {
      if (latencyMs === 0) return false
      const now = performance.now()
      if (!asked.has(key)) {
        asked.set(key, now)
        setTimeout(() => change(() => undefined), latencyMs)
      }
      return now - (asked.get(key) ?? now) < latencyMs - 1
    }
    let made: { version: number; snapshot: Watchables[Name]['snapshot'] } | undefined
    return {
      get() {
        if (made === undefined && isOnItsWay()) return undefined
        if (made?.version !== version) {
          const snapshot = snapshotOf(world, name, argument)
          // An unchanged snapshot keeps its identity, as the real one does.
          made =
            made && JSON.stringify(made.snapshot) === JSON.stringify(snapshot)
              ? { version, snapshot: made.snapshot }
              : { version, snapshot }
        }
        return made.snapshot
      },
      subscribe(listener: () => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
  }

  const newId = () => `01J${String(++lastId).padStart(23, '0')}`
  const write = async (alter: (world: World, id: string) => void): Promise<Written> => {
    if (failing) return fail({ kind: 'not-saved', detail: 'disk-full' })
    const id = newId()
    if (!isUlid(id)) throw new Error(`not a ULID: ${id}`)
    change((now) => alter(now, id))
    return succeed({ id })
  }
  const online = () => world.connection.state === 'online'
  const drop = (id: string) => {
    world.queue = world.queue.filter((item) => item.id !== id)
    for (const chat of world.chats.values())
      chat.items = chat.items.filter((item) => item.id !== id || item.seq !== null)
    dropPending(world.admin, id)
  }

  const act: Actions = {
    signIn: async ({ login, password }) => {
      if (login === 'nobody') return fail({ kind: 'unreachable' })
      if (login === 'busy') return fail({ kind: 'refused', refusal: refusal('E_RATE'), retryAfterSeconds: 21 })
      if (password !== 'demo') return fail({ kind: 'refused', refusal: refusal('E_CREDENTIALS') })
      change(
        (now) =>
          (now.session = {
            state: 'signed-in',
            account: now.me,
            organisation: now.organisation,
            server: 'https://naryad.example.ru',
          }),
      )
      return succeed(world.me)
    },
    signOut: async () => change((now) => (now.session = { state: 'signed-out' })),
    postMessage: async (input) => {
      if (input.holdMs === undefined) return write((now, id) => post(now, id, input))
      const holdMs = heldForMs ?? input.holdMs
      const written = await write((now, id) => post(now, id, { ...input, holdMs }))
      if (written.ok) setTimeout(() => change((now) => release(now, written.value.id)), holdMs)
      return written
    },
    editMessage: ({ text, ...target }) => write((now) => alterMessage(now, target, { text, editedAt: Date.now() })),
    deleteMessage: (target) => write((now) => alterMessage(now, target, { text: '', deleted: true })),
    changeParticipants: (input) => write((now, id) => changeParticipants(now, id, input)),
    createTicket: ({ fields }) =>
      write((now, id) => {
        const number = online() ? 30_000 + now.tickets.size : null
        const at = Date.now()
        now.tickets.set(id, {
          id,
          number,
          stage: 'new',
          assigneeId: null,
          requesterId: now.me.id,
          customerId: fields.customerId ?? null,
          createdById: now.me.id,
          createdAt: at,
          stageAt: at,
          fields,
          history: [],
          queued: number === null,
        })
        now.chats.set(`chat.${id}.customer`, {
          room: `chat.${id}.customer`,
          ticketId: id,
          chat: 'customer',
          items: [],
          readSeq: 0,
          draft: '',
          participants: {},
          changes: {},
          present: [],
          canWrite: true,
        })
      }),
    updateTicket: ({ ticketId, fields }) =>
      write((now) => {
        const ticket = ticketOf(now, ticketId)
        ticket.fields = { ...ticket.fields, ...fields, title: fields.title ?? ticket.fields.title }
      }),
    changeStage: ({ ticketId, stage }) => write((now) => (ticketOf(now, ticketId).stage = stage)),
    assign: ({ ticketId, assigneeId }) => write((now) => (ticketOf(now, ticketId).assigneeId = assigneeId)),
    markRead: ({ ticketId, chat, seq }) =>
      write((now) => {
        const found = chatOf(now, ticketId, chat)
        found.readSeq = Math.max(found.readSeq, seq)
      }),
    markAllRead: async () =>
      change((now) => {
        for (const chat of now.chats.values()) if (unreadOf(chat) > 0) chat.readSeq = 1_000_000
      }),
    saveDraft: async ({ room, text }) => {
      if (world.session.state === 'signed-out') return fail({ kind: 'not-saved', detail: 'nobody is signed in' })
      // Shown at once, whether or not it can be written.
      change((now) => {
        const chat = now.chats.get(room)
        if (chat) chat.draft = text
      })
      return failing ? fail({ kind: 'not-saved', detail: 'disk-full' }) : succeed(null)
    },
    cancelQueued: async ({ id }) => {
      change(() => drop(id))
      return true
    },
    editQueued: async ({ id, text }) => {
      change((now) => {
        now.queue = now.queue.map((item) => (item.id === id ? { ...item, text, state: 'queued', refusal: null } : item))
      })
      return true
    },
    takeBack: async ({ id, text }) => {
      const item = world.queue.find((each) => each.id === id)
      change((now) => {
        drop(id)
        const chat = item?.chat ? now.chats.get(`chat.${item.ticketId}.${item.chat}`) : undefined
        if (chat) chat.draft = text
      })
      return true
    },
    retryRefused: ({ id }) =>
      write((now) => {
        now.queue = now.queue.map((item) => (item.id === id ? { ...item, state: 'queued', refusal: null } : item))
      }),
    discardRefused: async ({ id }) => change(() => drop(id)),
    dismissNotice: async ({ id }) => change((now) => (now.notices = now.notices.filter((notice) => notice.id !== id))),
    ...createAdminActions(world, { write, change }),
    ...createFileActions(world, { change, isFailing: () => failing, newId }),
    setTyping: async () => undefined,
    setFocus: async () => undefined,
    setLanguage: async () => undefined,
    reconnectNow: async () =>
      change((now) => (now.connection = { ...now.connection, state: 'online', offlineSince: null })),
  }
  const recorded = Object.fromEntries(
    Object.entries(act).map(([name, run]) => [
      name,
      (input: never) => {
        calls.push({ name, input })
        return (run as (input: never) => unknown)(input)
      },
    ]),
  ) as Actions
  return {
    watch,
    act: recorded,
    world,
    change,
    calls,
    failWrites: (value) => (failing = value),
    answerAfter: (ms) => (latencyMs = ms),
    holdFor: (durationMs) => (heldForMs = durationMs),
  }
}
