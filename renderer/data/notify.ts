import type { Clock } from '#common/domain/clock.ts'
import { parseRoom, type RoomName } from '#common/domain/ids.ts'
import type { Language, NotificationRequest } from '#common/ipc.ts'
import type { Translate } from '../i18n/messages.ts'
import { createTranslator } from '../i18n/translator.ts'
import type { RemotePlatform } from './bridge-worker.ts'
import type { ClientCore } from './client-core.ts'
import { bannersFor, byChat, type Arrival, type Banner } from './notify-banners.ts'
import { isShown, totalUnread, unreadOfChat, type AccountView } from './queries/account-view.ts'
import { createRefresher } from './queries/refresher.ts'
import type { Watches } from './queries/watches.ts'

/** Messages that come within this time make one banner. */
const gatherMs = 700
/** The banner of a chat is renewed at most this often. */
const renewMs = 2_000
/** A time without the network is over when nothing came for this long. */
const caughtUpMs = 2_000
const summaryTag = 'summary'

export type Notifier = { setFocus(room: RoomName | null): void; setLanguage(language: Language): void; dispose(): void }

export type NotifierNeeds = {
  core: Pick<ClientCore, 'onArrived' | 'connection'>
  view: Watches['view']
  clock: Clock
  platform: RemotePlatform
  language: Language
}

/** Banners of the system for others' messages, and the number on the app's icon. */
export function createNotifier({ core, view, clock, platform, language }: NotifierNeeds): Notifier {
  let focus: RoomName | null = null
  let translate: Translate | null = null
  let shownLanguage = language
  let gathered: Arrival[] = []
  let missed: Arrival[] = []
  let cancelGather: (() => void) | null = null
  let cancelCatchUp: (() => void) | null = null
  let badge: number | null = null
  /** Banners on the screen: how many messages each speaks of, and since when. */
  const shown = new Map<string, { count: number; at: number }>()
  let firstSync: { view: AccountView; isFirst: boolean } | null = null

  function withdraw(tag: string): void {
    if (!shown.delete(tag)) return
    quietly(platform.call('notifications.withdraw', tag))
  }

  async function show(banner: Banner): Promise<void> {
    const current = view.get()
    if (current === null) return
    translate ??= createTranslator(shownLanguage)
    const request = await requestOf(current, translate, banner)
    // It may have been read while its ticket was looked up.
    if (view.get() !== current || (banner.kind === 'chat' && isRead(current, banner.room))) return
    shown.set(request.tag, { count: banner.kind === 'chat' ? banner.count : banner.messages, at: clock.nowMs() })
    await platform.call('notifications.show', request)
  }

  function isRead(current: AccountView, room: RoomName): boolean {
    const chat = current.chats.get(room)
    return room === focus || chat === undefined || !isShown(current, chat) || unreadOfChat(current, chat) === 0
  }

  function flushGathered(): void {
    cancelGather = null
    const chats = byChat(gathered, focus)
    gathered = []
    const now = clock.nowMs()
    const early = [...chats].filter(([room]) => now - (shown.get(room)?.at ?? -renewMs) < renewMs)
    for (const [room, arrivals] of early) {
      gathered.push(...arrivals)
      chats.delete(room)
    }
    for (const banner of bannersFor(chats, true, (room) => shown.get(room)?.count ?? 0)) quietly(show(banner))
    if (gathered.length > 0) cancelGather = clock.after(renewMs, flushGathered)
  }

  function flushMissed(): void {
    cancelCatchUp = null
    if (core.connection.get().syncing !== null) return waitForCatchUp()
    const chats = byChat(missed, focus)
    missed = []
    for (const banner of bannersFor(chats, false, (room) => shown.get(room)?.count ?? 0)) quietly(show(banner))
  }

  function waitForCatchUp(): void {
    cancelCatchUp?.()
    cancelCatchUp = clock.after(caughtUpMs, flushMissed)
  }

  /** The first sync of a device brings years of messages; nobody missed them. */
  function isFirstSync(): boolean {
    return firstSync?.isFirst === true && core.connection.get().caughtUpAt === null
  }

  const stopArrived = core.onArrived((messages, live) => {
    const arrivals = messages.map(({ room, authorId, text, attachments }) => ({
      room,
      authorId,
      text,
      attachments: attachments.length,
    }))
    if (live) {
      gathered.push(...arrivals)
      cancelGather ??= clock.after(gatherMs, flushGathered)
    } else if (!isFirstSync()) {
      missed.push(...arrivals)
      waitForCatchUp()
    }
  })

  const refresher = createRefresher(clock, () => {
    const current = view.get()
    for (const tag of [...shown.keys()])
      if (current === null || (tag === summaryTag ? totalUnread(current).unread === 0 : isRead(current, tag)))
        withdraw(tag)
    if (current !== null && current.chats.total() === null) return false
    const count = current === null ? 0 : totalUnread(current).unread
    if (count !== badge) quietly(platform.call('setBadge', count))
    badge = count
    return true
  })

  let stopView: (() => void)[] = []
  function followView(): void {
    for (const stop of stopView) stop()
    const current = view.get()
    stopView = current
      ? [current.chats, current.overlay, current.unread, current.standing].map((source) =>
          source.subscribe(() => refresher.invalidate()),
        )
      : []
    gathered = []
    missed = []
    firstSync = null
    if (current) {
      const known = { view: current, isFirst: true }
      firstSync = known
      quietly(current.chats.begin().then(() => void (known.isFirst = current.chats.total() === 0)))
    }
    refresher.invalidate()
  }
  const stopWatching = view.subscribe(followView)
  followView()

  return {
    setFocus(room) {
      focus = room
      refresher.invalidate(true)
    },
    setLanguage(next) {
      shownLanguage = next
      translate = null
    },
    dispose() {
      cancelGather?.()
      cancelCatchUp?.()
      stopArrived()
      stopWatching()
      for (const stop of stopView) stop()
      refresher.dispose()
    },
  }
}

async function requestOf(view: AccountView, t: Translate, banner: Banner): Promise<NotificationRequest> {
  if (banner.kind === 'summary') {
    const { messages, chats } = banner
    return {
      tag: summaryTag,
      title: t('notification.summary.title'),
      body: t('notification.summary.text', { messages, chats }),
      path: '/chats',
    }
  }
  const { room, count, last } = banner
  const parsed = parseRoom(room)
  if (parsed?.kind !== 'chat') throw new Error(`${room} is not a chat`)
  if (view.tickets.get(parsed.ticketId) === undefined) await view.fetchTickets([parsed.ticketId])
  const number = view.tickets.get(parsed.ticketId)?.number
  const author = view.people.name(last.authorId)
  const text = last.text === '' ? t('inbox.attachments', { count: last.attachments }) : last.text
  return {
    tag: room,
    title: (number === undefined ? author : t('notification.title', { author, number })).slice(0, 300),
    body: (count > 1 ? `${t('notification.several', { count })}\n${text}` : text).slice(0, 1000),
    path: `/chats/${parsed.ticketId}/${parsed.chat}`,
  }
}

/** A banner that can't be shown is no reason to stop; the message itself is in the list. */
function quietly(done: Promise<unknown>): void {
  done.catch(() => undefined)
}
