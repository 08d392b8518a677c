import type { TicketId, UserId } from '#common/domain/ids.ts'
import type { Attachment, Entry } from '#common/domain/message.ts'
import type { LogStore } from '../../storage/log-store.ts'
import { Seeder } from '../seeder.ts'
import { accessControlTickets } from './access-control.ts'
import type { DemoTicket } from './demo-ticket.ts'
import { fireSafetyTickets } from './fire-safety.ts'
import { liftTickets } from './lifts.ts'
import { powerTickets } from './power.ts'
import { refrigerationTickets } from './refrigeration.ts'
import { readScript, type DemoEvent, type DemoPhotos } from './script.ts'
import { ventilationTickets } from './ventilation.ts'
import { waterTickets } from './water.ts'

export const demoTickets: readonly DemoTicket[] = [
  ...waterTickets,
  ...liftTickets,
  ...fireSafetyTickets,
  ...refrigerationTickets,
  ...accessControlTickets,
  ...ventilationTickets,
  ...powerTickets,
]

const hourMs = 3_600_000
const minuteMs = 60_000
const staff = ['admin', 'dispatcher', 'dispatcher2']
/** Who has not looked at the chat since has read up to their own last message only. */
const freshMs = 20 * minuteMs

/** Plays what happened to all tickets in the order of its times, then lets everybody read. */
export async function seedDemo(store: LogStore, nowMs: number, photos: DemoPhotos): Promise<void> {
  const events = demoTickets.flatMap((ticket) => readScript(ticket, nowMs).map((event) => ({ ticket, event })))
  events.sort((a, b) => a.event.atMs - b.event.atMs)
  const seeder = await Seeder.start(store, (events[0]?.event.atMs ?? nowMs) - hourMs)
  const ids = new Map<DemoTicket, TicketId>()
  for (const { ticket, event } of events) {
    seeder.clock.moveTo(event.atMs)
    if (event.type === 'open') ids.set(ticket, await open(seeder, ticket, event.by, nowMs))
    else await play(seeder, ticket, event, ids.get(ticket) ?? '', photos)
  }
  seeder.clock.moveTo(nowMs)
  const chats = await seeder.entriesOf([...ids.values()])
  for (const [ticket, id] of ids) await read(seeder, ticket, id, chats.get(id) ?? [], nowMs)
  await seeder.finish()
  await photos.finish()
}

function open(seeder: Seeder, ticket: DemoTicket, by: UserId, nowMs: number): Promise<TicketId> {
  const { title, description, type, workType, priority, site, address, asset, district, contactPhone } = ticket
  const dueAt = ticket.dueInHours === undefined ? undefined : dueTime(nowMs, ticket.dueInHours)
  const contact = contactPhone === undefined ? {} : { contactPhone }
  return seeder.execute(by, 'ticket.create', {
    fields: {
      title,
      description,
      type,
      workType,
      priority,
      site,
      address,
      asset,
      district,
      dueAt,
      ...contact,
      customerId: ticket.customer,
    },
  })
}

/** People say «до 16:30», not «до 16:23:41». */
function dueTime(nowMs: number, hours: number): string {
  const halfHourMs = hourMs / 2
  return new Date(Math.round((nowMs + hours * hourMs) / halfHourMs) * halfHourMs).toISOString()
}

async function play(
  seeder: Seeder,
  ticket: DemoTicket,
  event: DemoEvent,
  ticketId: TicketId,
  photos: DemoPhotos,
): Promise<void> {
  switch (event.type) {
    case 'open':
      return
    case 'message':
      await seeder.execute(event.by, 'message.post', {
        ticketId,
        to: ['customer'],
        text: event.text,
        attachments: await upload(seeder, event, photos),
      })
      return
    case 'assign':
      await seeder.execute(event.by, 'ticket.assign', { ticketId, assigneeId: ticket.engineer })
      return
    case 'stage':
      await seeder.execute(event.by, 'ticket.stage', { ticketId, stage: event.stage, reason: event.reason })
  }
}

function upload(
  seeder: Seeder,
  { by, photos: scenes }: Extract<DemoEvent, { type: 'message' }>,
  photos: DemoPhotos,
): Promise<Attachment[]> {
  return Promise.all(
    scenes.map(async (scene, index) => {
      const { sha256, stored } = await photos.photo(scene)
      await seeder.addUpload(by, sha256, stored)
      return { sha256, name: `IMG_${2041 + index}.jpg`, mime: stored.mime, size: stored.size }
    }),
  )
}

async function read(
  seeder: Seeder,
  ticket: DemoTicket,
  ticketId: TicketId,
  entries: Entry[],
  nowMs: number,
): Promise<void> {
  const isAssigned = entries.some((entry) => entry.type === 'joined' && entry.userId === ticket.engineer)
  const readers = [...staff, ticket.customer, ...(isAssigned && ticket.engineer !== null ? [ticket.engineer] : [])]
  for (const userId of readers) {
    const seq = userId === 'dispatcher' ? entries.length - (ticket.unread ?? 0) : readBy(userId, entries, nowMs)
    if (seq > 0) await seeder.execute(userId, 'read.mark', { ticketId, chat: 'customer', seq })
  }
}

function readBy(userId: UserId, entries: readonly Entry[], nowMs: number): number {
  const last = entries.at(-1)
  if (last === undefined) return 0
  if (staff.includes(userId) || nowMs - last.at > freshMs) return last.seq
  return entries.findLast((entry) => entry.type === 'message' && entry.authorId === userId)?.seq ?? 0
}
