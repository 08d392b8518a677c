import { beforeEach, describe, expect, it } from 'vitest'
import type { Command } from '#common/domain/command.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { Keeper } from '#renderer/data/commands/keeper.ts'
import { loadWriting, type LoadedWriting } from '#renderer/data/commands/load-writing.ts'
import type { OutboxStore } from '#renderer/data/store/ports.ts'
import { MemoryJournal } from '#tests/support/client/memory-journal.ts'
import { outboxRow } from '#tests/support/client/rows.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

const account = '0123456789abcdef'
const room = 'chat.T1.customer'

let clock: ManualClock
let journal: MemoryJournal
let store: OutboxStore
let loaded: LoadedWriting
let keeper: Keeper

const command = (count: number): Command => outboxRow({ order: count }).command

async function start({ withJournal = true, rebuilt = false } = {}): Promise<void> {
  const port = withJournal ? journal : null
  loaded = await loadWriting(account, port, store, rebuilt)
  keeper = new Keeper({ clock, account, journal: port, store, loaded })
}

beforeEach(async () => {
  clock = new ManualClock()
  journal = new MemoryJournal()
  store = createMemoryStores().outbox
  await start()
})

const shown = () => keeper.list.value.get().map(({ id, state, unsaved }) => [id, state, unsaved])

describe('writing', () => {
  it('shows a command at once as unsaved, and as queued when it is in the journal and in the database', async () => {
    let release = () => {}
    journal.beforeWrite = () => new Promise<void>((resolve) => (release = resolve))
    const added = keeper.add([command(1)])
    expect(shown()).toEqual([[command(1).id, 'queued', true]])
    expect(keeper.list.sendable()).toEqual([])
    release()
    expect(await added).toEqual({ ok: true, value: [command(1).id] })
    expect(shown()).toEqual([[command(1).id, 'queued', false]])
    expect(await store.rows()).toHaveLength(1)
    expect(journal.items.size).toBe(1)
  })

  it.each(['disk-full', 'unwritable'] as const)('keeps nothing when the journal says %s', async (failure) => {
    journal.failure = failure
    expect(await keeper.add([command(1)])).toEqual({ ok: false, reason: { kind: 'not-saved', detail: failure } })
    expect([shown(), await store.rows(), journal.items.size]).toEqual([[], [], 0])
  })

  it('a journal that can not be reached is the same', async () => {
    journal.beforeWrite = () => Promise.reject(new Error('the main process is gone'))
    expect(await keeper.add([command(1)])).toMatchObject({ ok: false, reason: { kind: 'not-saved' } })
    expect(shown()).toEqual([])
  })

  it('with the journal written, a database that fails loses nothing', async () => {
    store.put = () => Promise.reject(new Error('QuotaExceededError'))
    expect(await keeper.add([command(1)])).toMatchObject({ ok: true })
    expect(shown()).toEqual([[command(1).id, 'queued', false]])
    store = createMemoryStores().outbox
    await start()
    expect(shown()).toEqual([[command(1).id, 'queued', false]])
  })

  it('without a journal the database decides', async () => {
    await start({ withJournal: false })
    expect(await keeper.add([command(1)])).toMatchObject({ ok: true })
    store.put = () => Promise.reject(new Error('QuotaExceededError'))
    expect(await keeper.add([command(2)])).toEqual({
      ok: false,
      reason: { kind: 'not-saved', detail: 'QuotaExceededError' },
    })
    expect(shown()).toEqual([[command(1).id, 'queued', false]])
    expect(journal.writes).toBe(0)
  })

  it('a command that is not durable yet holds back those after it', async () => {
    const releases: (() => void)[] = []
    journal.beforeWrite = () => new Promise<void>((resolve) => releases.push(resolve))
    const first = keeper.add([command(1)])
    const second = keeper.add([command(2)])
    releases[1]!()
    await second
    expect(keeper.list.sendable()).toEqual([])
    releases[0]!()
    await first
    expect(keeper.list.sendable().map(({ id }) => id)).toEqual([command(1).id, command(2).id])
  })

  it('all commands of a call are kept, or none', async () => {
    const many = Array.from({ length: 1_200 }, (_, count) => command(count + 1))
    let calls = 0
    journal.beforeWrite = () => {
      if (++calls === 3) journal.failure = 'disk-full'
      if (calls === 4) journal.failure = undefined
    }
    expect(await keeper.add(many)).toMatchObject({ ok: false })
    expect([shown(), journal.items.size, await store.rows()]).toEqual([[], 0, []])
  })
})

describe('rewriting', () => {
  const { id, writtenAt } = command(1)
  const changed: Command = {
    ...{ id, writtenAt, type: 'message.post', ticketId: 'T1' },
    ...{ to: ['customer'], text: 'Еду завтра', attachments: [] },
  }

  it('of a held command keeps the time that is left of its holding, over a crash too', async () => {
    await keeper.add([command(1)], { holdMs: 5_000 })
    await clock.advance(3_000)
    expect(await keeper.rewrite(changed)).toBe(true)
    keeper.stop()
    await start()
    expect(keeper.list.sendable()).toEqual([])
    expect(keeper.list.pending()).toMatchObject([{ command: { text: 'Еду завтра' } }])
    await clock.advance(5_100)
    expect(keeper.list.sendable()).toMatchObject([{ id: command(1).id, command: { text: 'Еду завтра' } }])
    keeper.stop()
    await start()
    expect(keeper.list.sendable()).toMatchObject([{ command: { text: 'Еду завтра' } }])
  })

  it('holds back what is rewritten and what comes after it until that is on the disk', async () => {
    await keeper.add([command(1), command(2)])
    let release = () => {}
    journal.beforeWrite = () => new Promise<void>((resolve) => (release = resolve))
    const rewriting = keeper.rewrite(changed)
    expect(keeper.list.sendable()).toEqual([])
    release()
    expect(await rewriting).toBe(true)
    expect(keeper.list.sendable().map(({ id }) => id)).toEqual([command(1).id, command(2).id])
  })

  it('that the disk does not take leaves it as it was', async () => {
    await keeper.add([command(1)], { holdMs: 5_000 })
    journal.failure = 'disk-full'
    expect(await keeper.rewrite(changed)).toBe(false)
    journal.failure = undefined
    await clock.advance(5_100)
    expect(keeper.list.sendable()).toMatchObject([{ command: command(1) }])
  })
})

it('what is being thrown away while its ticket goes does not come back', async () => {
  await keeper.add([command(1)])
  const discarded = keeper.discard(command(1).id)
  const remembered = keeper.rememberNumber('T1', 7)
  expect(await discarded).toBe(true)
  await remembered
  await start()
  expect(shown()).toEqual([])
})

describe('leaving', () => {
  it('a taken command leaves journal and database, and stays in sight until its effect is here', async () => {
    await keeper.add([command(1)])
    await keeper.takeOff([command(1).id])
    expect([journal.items.size, await store.rows()]).toEqual([0, []])
    expect(keeper.list.value.get()).toMatchObject([{ id: command(1).id, sending: true }])
    expect(keeper.list.counts()).toEqual({ queued: 0, refused: 0 })
    keeper.list.arrived([command(1).id])
    expect(shown()).toEqual([])
  })

  it('a refused one stays, with the reason, over a restart', async () => {
    await keeper.add([command(1)])
    await keeper.refuse(command(1).id, refusal('E_FORBIDDEN'))
    await start()
    expect(keeper.list.value.get()).toMatchObject([{ state: 'refused', refusal: { code: 'E_FORBIDDEN' } }])
    expect(keeper.list.sendable()).toEqual([])
    expect(keeper.list.counts()).toEqual({ queued: 0, refused: 1 })
  })

  it('one that can not be recorded as gone is not gone', async () => {
    await keeper.add([command(1)])
    journal.failure = 'disk-full'
    expect(await keeper.discard(command(1).id)).toBe(false)
    expect(keeper.list.sendable()).toHaveLength(1)
    journal.failure = undefined
    expect(await keeper.discard(command(1).id, { room, text: 'Выезжаем' })).toBe(true)
    await start()
    expect(shown()).toEqual([])
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'Выезжаем', saved: true })
  })

  it('one that is being taken back is not sent meanwhile', async () => {
    await keeper.add([command(1), command(2)])
    let release = () => {}
    journal.beforeWrite = () => new Promise<void>((resolve) => (release = resolve))
    const discarded = keeper.discard(command(1).id)
    expect(keeper.list.sendable()).toEqual([])
    release()
    await discarded
    expect(keeper.list.sendable().map(({ id }) => id)).toEqual([command(2).id])
  })

  it('one that takes another’s place comes and goes in one step', async () => {
    await keeper.add([command(1)])
    journal.failure = 'disk-full'
    await keeper.add([command(2)], { replaced: [command(1).id] })
    expect(shown().map(([id]) => id)).toEqual([command(1).id])
    journal.failure = undefined
    const writes = journal.writes
    await keeper.add([command(2)], { replaced: [command(1).id] })
    expect(shown().map(([id]) => id)).toEqual([command(2).id])
    expect(journal.writes - writes).toBe(1)
  })
})

describe('drafts', () => {
  it('are saved per room, and gone when empty', async () => {
    const saving = keeper.saveDraft(room, 'недопис')
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'недопис', saved: false })
    await saving
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'недопис', saved: true })
    await keeper.saveDraft('chat.T1.team', 'другой')
    await start()
    expect([...keeper.drafts.get()]).toMatchObject([
      [room, { text: 'недопис', saved: true }],
      ['chat.T1.team', { text: 'другой', saved: true }],
    ])
    await keeper.saveDraft(room, '')
    await start()
    expect([...keeper.drafts.get().keys()]).toEqual(['chat.T1.team'])
  })

  it('leave with the message that was made of them, in one step; what was typed behind it stays', async () => {
    await keeper.saveDraft(room, 'Выезжаем. Ждите')
    const writes = journal.writes
    await keeper.add([command(1)], { fromDraft: { room, text: 'Выезжаем.' } })
    expect(journal.writes - writes).toBe(1)
    await start()
    expect(keeper.draftOf(room).text).toBe(' Ждите')
    await keeper.add([command(2)], { fromDraft: { room, text: ' Ждите у входа' } })
    await start()
    expect([...keeper.drafts.get()]).toEqual([])
    await keeper.saveDraft(room, 'Совсем другое')
    await keeper.add([command(3)], { fromDraft: { room, text: 'Коротко' } })
    expect(keeper.draftOf(room).text).toBe('Совсем другое')
    expect(shown().map(([id]) => id)).toEqual([command(1).id, command(2).id, command(3).id])
  })

  it('come back when the message could not be written down', async () => {
    await keeper.saveDraft(room, 'Выезжаем')
    journal.failure = 'disk-full'
    expect(await keeper.add([command(1)], { fromDraft: { room, text: 'Выезжаем' } })).toMatchObject({ ok: false })
    expect(keeper.draftOf(room).text).toBe('Выезжаем')
  })

  it('stay in sight when they can not be saved', async () => {
    journal.failure = 'disk-full'
    expect(await keeper.saveDraft(room, 'важное')).toMatchObject({ ok: false, reason: { kind: 'not-saved' } })
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'важное', saved: false })
  })

  it('an earlier save that ends late does not mark later words as saved', async () => {
    const releases: (() => void)[] = []
    journal.beforeWrite = () => new Promise<void>((resolve) => releases.push(resolve))
    const first = keeper.saveDraft(room, 'а')
    const second = keeper.saveDraft(room, 'аб')
    releases[0]!()
    await first
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'аб', saved: false })
    releases[1]!()
    await second
    expect(keeper.drafts.get().get(room)).toMatchObject({ text: 'аб', saved: true })
  })
})

describe('the start', () => {
  it('says nothing when there is nothing to say', async () => {
    await keeper.add([command(1)])
    await start()
    expect(loaded).toMatchObject({ databaseLost: false, journalRepaired: false, journalProblem: null })
  })

  it('brings back from the journal what the database lost, and says so', async () => {
    await keeper.add([command(1), command(2)])
    await keeper.saveDraft(room, 'черновик')
    store = createMemoryStores().outbox
    await start()
    expect(loaded.databaseLost).toBe(true)
    expect(shown().map(([id]) => id)).toEqual([command(1).id, command(2).id])
    expect(await store.rows()).toHaveLength(2)
    expect((await store.drafts()).get(room)?.text).toBe('черновик')
  })

  it('a database that lost its rows but not its mark is noticed', async () => {
    await keeper.add([command(1), command(2)])
    await store.remove([command(1).id, command(2).id])
    await start()
    expect(loaded.databaseLost).toBe(true)
    expect(shown()).toHaveLength(2)
  })

  it('a crash between journal and database is nothing to tell of', async () => {
    await keeper.add([command(1)])
    store.put = () => new Promise(() => {})
    void keeper.add([command(2)])
    await Promise.resolve()
    await Promise.resolve()
    const rows = await store.rows()
    store = createMemoryStores().outbox
    await store.put(rows)
    await store.setJournalMark({ generation: 1, items: 1 })
    await start()
    expect(loaded.databaseLost).toBe(false)
    expect(shown()).toHaveLength(2)
  })

  it('what the journal has forgotten is not sent again', async () => {
    await keeper.add([command(1), command(2)])
    store.remove = () => new Promise(() => {})
    void keeper.takeOff([command(1).id])
    await new Promise((resolve) => setImmediate(resolve))
    const rows = await store.rows()
    const mark = await store.journalMark()
    store = createMemoryStores().outbox
    await store.put(rows)
    await store.setJournalMark(mark!)
    await start()
    expect(shown().map(([id]) => id)).toEqual([command(2).id])
    expect(await store.rows()).toHaveLength(1)
  })

  it('a journal that was deleted takes back from the database what it had', async () => {
    await keeper.add([command(1)])
    await keeper.saveDraft(room, 'черновик')
    journal.wipe()
    await start()
    expect(shown().map(([id]) => id)).toEqual([command(1).id])
    expect(keeper.drafts.get().get(room)?.text).toBe('черновик')
    expect(journal.items.size).toBe(2)
  })

  it('a repaired journal and the database complete each other', async () => {
    await keeper.add([command(1), command(2)])
    journal.items.delete(`command ${command(2).id}`)
    journal.repaired = true
    await start()
    expect(loaded.journalRepaired).toBe(true)
    expect(shown().map(([id]) => id)).toEqual([command(1).id, command(2).id])
    expect(journal.items.size).toBe(2)
  })

  it('a journal that can not be read leaves the database, and says so', async () => {
    await keeper.add([command(1)])
    journal.isUnreadable = true
    await start()
    expect(loaded.journalProblem).toBe('EIO')
    expect(shown()).toHaveLength(1)
  })

  it('an item of a newer version stays in the journal untouched', async () => {
    await journal.write(account, [{ kind: 'command', id: 'X', value: '{"order":1,"command":{"type":"video.call"}}' }])
    await start()
    expect(shown()).toEqual([])
    expect(loaded.databaseLost).toBe(false)
    await keeper.add([command(1)])
    expect(journal.items.has('command X')).toBe(true)
  })

  it('an item that was damaged is read from the database', async () => {
    await keeper.add([command(1), command(2)])
    journal.items.set(`command ${command(1).id}`, { kind: 'command', id: command(1).id, value: '{"order":' })
    await start()
    expect(shown().map(([id]) => id)).toEqual([command(1).id, command(2).id])
  })

  it('tells what may have been sent from what was written later', async () => {
    await keeper.add([command(1)])
    await keeper.reserve()
    keeper.list.skipOrdersTo(keeper.sentUpTo())
    await keeper.add([command(2)])
    await start()
    const orders = keeper.list.pending().map(({ order }) => order <= keeper.sentUpTo())
    expect(orders).toEqual([true, false])
  })
})
