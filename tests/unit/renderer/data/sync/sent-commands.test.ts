import { beforeEach, describe, expect, it } from 'vitest'
import { OutboxList } from '#renderer/data/commands/outbox-list.ts'
import { createSentCommands, type SentCommands } from '#renderer/data/sync/sent-commands.ts'
import { outboxRow } from '#tests/support/client/rows.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

const rows = [outboxRow({ order: 1 }), outboxRow({ order: 2 })]
const [first, second] = rows.map(({ id }) => id) as [string, string]

let clock: ManualClock
let list: OutboxList
let isSettled: boolean
let sent: SentCommands

beforeEach(() => {
  clock = new ManualClock()
  list = new OutboxList(rows)
  isSettled = false
  sent = createSentCommands(clock, list, () => isSettled)
  return () => sent.stop()
})

function take(...ids: string[]): void {
  list.sent(ids)
  sent.taken(ids)
}

const shown = () => list.value.get().map(({ id }) => id)

describe('a taken command', () => {
  it('is shown until its effect is stored', () => {
    take(first)
    expect(shown()).toEqual([first, second])
    sent.effects([first])
    expect(shown()).toEqual([second])
  })

  it('goes at once when its effect was stored before', () => {
    sent.effects([first])
    take(first)
    expect(shown()).toEqual([second])
  })

  it('that leaves no trace goes when everything that came with it is stored', async () => {
    take(first)
    sent.settled()
    expect(shown()).toEqual([first, second])
    isSettled = true
    await clock.advance(1_000)
    expect(shown()).toEqual([second])
  })

  it('stays through an outage until everything is here again', async () => {
    take(first)
    await clock.advance(600_000)
    expect(shown()).toEqual([first, second])
    sent.settled()
    expect(shown()).toEqual([second])
  })

  it('does not take a later one of the queue with it', async () => {
    take(first)
    isSettled = true
    await clock.advance(5_000)
    sent.effects([second])
    expect(shown()).toEqual([second])
  })
})
