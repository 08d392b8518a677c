import type { TicketId, UserId } from '#common/domain/ids.ts'
import type { Stage } from '#common/domain/ticket.ts'
import type { LogStore } from '../../storage/log-store.ts'
import { Seeder } from '../seeder.ts'
import { messageText, ticketFields } from './large-texts.ts'

/** Everything within a month, so that a client has all of it: closed tickets leave its copy after 30 days. */
const spanMs = 28 * 24 * 3_600_000
const manyTickets = 10_000
/** Tickets that live through the same time; their commands share commits. */
const waveSize = 250

const customers = ['customer', 'customer2', 'customer3', 'customer4', 'customer5', 'customer6', 'customer7'] as const
const engineers = ['engineer', 'engineer2', 'engineer3', 'engineer4'] as const
const dispatchers = ['dispatcher', 'dispatcher2'] as const
const stagesOfOpenTickets: readonly Stage[] = ['accepted', 'enRoute', 'inProgress', 'needsFollowUp', 'done', 'checked']
const closedShare = 0.7
/** One ticket in so many has messages the first dispatcher has not read. */
const unreadEvery = 250
const unreadMessages = 2

type LargeTicket = { index: number; customer: UserId; dispatcher: UserId; engineer: UserId; messages: number }

/**
 * 10,000 tickets (or another multiple of 250) with twenty messages each on average: for measuring, made of templates, the
 * same each time but for the times.
 */
export async function seedLarge(store: LogStore, nowMs: number, ticketCount = manyTickets): Promise<void> {
  const seeder = await Seeder.start(store, nowMs - spanMs)
  const waves = ticketCount / waveSize
  for (let wave = 0; wave < waves; wave++) {
    const startMs = nowMs - spanMs + (wave * spanMs) / waves
    const tickets = Array.from({ length: waveSize }, (_, place) => ticketOf(wave * waveSize + place))
    await playWave(seeder, tickets, startMs, spanMs / waves)
  }
  await seeder.finish()
}

function ticketOf(index: number): LargeTicket {
  return {
    index,
    customer: pick(customers, index),
    dispatcher: pick(dispatchers, index >> 3),
    engineer: pick(engineers, index >> 1),
    // 8 to 32, twenty on average.
    messages: 8 + ((index * 7) % 25),
  }
}

async function playWave(
  seeder: Seeder,
  tickets: readonly LargeTicket[],
  startMs: number,
  lengthMs: number,
): Promise<void> {
  const { clock } = seeder
  clock.moveTo(startMs)
  const ids = await Promise.all(
    tickets.map(({ index, customer, dispatcher }) =>
      seeder.execute(index % 3 === 0 ? dispatcher : customer, 'ticket.create', {
        fields: { ...ticketFields(index), customerId: customer },
      }),
    ),
  )
  const withIds = tickets.map((ticket, place) => ({ ...ticket, ticketId: ids[place] ?? '' }))
  await Promise.all(
    withIds.map(({ ticketId, dispatcher, engineer }) =>
      seeder.execute(dispatcher, 'ticket.assign', { ticketId, assigneeId: engineer }),
    ),
  )
  const rounds = Math.max(...tickets.map(({ messages }) => messages))
  for (let round = 0; round < rounds; round++) {
    clock.moveTo(startMs + ((round + 1) * lengthMs) / (rounds + 1))
    await Promise.all(
      withIds
        .filter(({ messages }) => round < messages)
        .map((ticket) => {
          const { text, by } = messageText(ticket.index, round)
          const { ticketId } = ticket
          return seeder.execute(ticket[by], 'message.post', { ticketId, to: ['customer'], text, attachments: [] })
        }),
    )
  }
  await settle(seeder, withIds)
}

/** At the end of a wave: the stages, and everybody reads. */
async function settle(seeder: Seeder, tickets: readonly (LargeTicket & { ticketId: TicketId })[]): Promise<void> {
  await Promise.all(
    tickets.map(({ index, ticketId, dispatcher }) => {
      const isClosed = (index % 100) / 100 < closedShare
      const stage = isClosed ? 'closed' : pick(stagesOfOpenTickets, index)
      return seeder.execute(dispatcher, 'ticket.stage', { ticketId, stage })
    }),
  )
  const chats = await seeder.entriesOf(tickets.map(({ ticketId }) => ticketId))
  await Promise.all(
    tickets.flatMap(({ index, ticketId, customer, engineer }) => {
      const last = chats.get(ticketId)?.length ?? 0
      const unread = index % unreadEvery === unreadEvery - 1 ? unreadMessages : 0
      return [...dispatchers, 'admin', customer, engineer].map((userId) => {
        const seq = userId === 'dispatcher' ? last - unread : last
        return seeder.execute(userId, 'read.mark', { ticketId, chat: 'customer', seq })
      })
    }),
  )
}

function pick<Value>(values: readonly Value[], index: number): Value {
  const value = values[index % values.length]
  if (value === undefined) throw new Error('nothing to pick from')
  return value
}
