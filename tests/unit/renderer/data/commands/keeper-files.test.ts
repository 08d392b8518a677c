import { beforeEach, describe, expect, it } from 'vitest'
import type { Command } from '#common/domain/command.ts'
import { refusal } from '#common/protocol/refusals.ts'
import { Keeper } from '#renderer/data/commands/keeper.ts'
import { loadWriting, type LoadedWriting } from '#renderer/data/commands/load-writing.ts'
import type { OutboxStore } from '#renderer/data/store/ports.ts'
import { MemoryJournal } from '#tests/support/client/memory-journal.ts'
import { keptFile, outboxRow } from '#tests/support/client/rows.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'

const room = 'chat.T1.customer'
const command = (count: number): Command => outboxRow({ order: count }).command
const files = [keptFile(1), keptFile(2)]

let journal: MemoryJournal
let store: OutboxStore
let loaded: LoadedWriting
let keeper: Keeper
let clock: ManualClock

async function start(): Promise<void> {
  loaded = await loadWriting('a', journal, store, false)
  keeper = new Keeper({ clock, account: 'a', journal, store, loaded })
}

beforeEach(async () => {
  clock = new ManualClock()
  journal = new MemoryJournal()
  store = createMemoryStores().outbox
  await start()
})

const sendable = () => keeper.list.sendable().map(({ id }) => id)
const orders = () => keeper.list.pending().map(({ id, order }) => [id, order])
/** Writings of the journal wait until the returned function is called. */
const held = () => {
  const releases: (() => void)[] = []
  journal.beforeWrite = () => new Promise<void>((resolve) => releases.push(resolve))
  return () => {
    journal.beforeWrite = () => {}
    for (const release of releases) release()
  }
}

describe('a message that waits for its files', () => {
  it('is not in the line, and joins it at its end', async () => {
    await keeper.add([command(1)], { files })
    await keeper.add([command(2)])
    expect(sendable()).toEqual([command(2).id])
    await keeper.joinLine(command(1).id)
    expect(sendable()).toEqual([command(2).id, command(1).id])
    await start()
    expect(sendable()).toEqual([command(2).id, command(1).id])
    expect(keeper.list.find(command(1).id)).toMatchObject({ files })
  })

  it('holds back what is written after its joining until the journal knows of that', async () => {
    await keeper.add([command(1)], { files })
    const release = held()
    const joined = keeper.joinLine(command(1).id)
    expect(sendable()).toEqual([])
    release()
    await joined
    expect(orders()).toEqual([[command(1).id, 2]])
  })

  it('joins once, not while it is held, being taken back or refused', async () => {
    await keeper.add([command(1)], { files, holdMs: 5_000 })
    await keeper.joinLine(command(1).id)
    expect(sendable()).toEqual([])
    await clock.advance(5_000)
    const release = held()
    const discarded = keeper.discard(command(1).id)
    await keeper.joinLine(command(1).id)
    await keeper.refuse(command(1).id, refusal('E_MEDIA_MISSING'))
    release()
    expect(await discarded).toBe(true)
    await start()
    expect(keeper.list.pending()).toEqual([])
  })

  it('goes on although the disk takes nothing', async () => {
    await keeper.add([command(1)], { files })
    journal.failure = 'disk-full'
    await keeper.joinLine(command(1).id)
    expect(sendable()).toEqual([command(1).id])
  })

  it('leaves the draft with its files in one step, which brings nothing back when it fails', async () => {
    await keeper.changeDraft(room, () => ({ text: 'подпись', files: [...files, keptFile(3)], originals: true }))
    journal.failure = 'disk-full'
    expect(await keeper.add([command(1)], { files, fromDraft: { room, text: 'подпись' } })).toMatchObject({ ok: false })
    expect(keeper.draftOf(room)).toMatchObject({ text: 'подпись', files: { length: 3 } })
    journal.failure = undefined
    const before = journal.writes
    await keeper.add([command(1)], { files, fromDraft: { room, text: 'подпись' } })
    expect(journal.writes).toBe(before + 1)
    await start()
    expect(keeper.draftOf(room)).toEqual({ text: '', files: [keptFile(3)], originals: true })
    expect(keeper.neededHashes().size).toBe(6)
  })

  it('what is typed while it is being written is not lost with it', async () => {
    await keeper.changeDraft(room, () => ({ text: 'подпись', files, originals: false }))
    const release = held()
    const added = keeper.add([command(1)], { files, fromDraft: { room, text: 'подпись' } })
    const typed = keeper.saveDraft(room, 'дальше')
    release()
    await Promise.all([added, typed])
    await start()
    expect(keeper.draftOf(room)).toEqual({ text: 'дальше', files: [], originals: false })
  })
})

describe('taking back at the last moment', () => {
  it('a held message that is released while it is being taken back stays taken back after a restart', async () => {
    await keeper.add([command(1)], { holdMs: 5_000 })
    const release = held()
    const discarded = keeper.discard(command(1).id)
    await clock.advance(6_000)
    release()
    expect(await discarded).toBe(true)
    await start()
    expect(keeper.list.pending()).toEqual([])
  })

  it('one that can not be taken back is released all the same', async () => {
    await keeper.add([command(1)], { holdMs: 5_000 })
    journal.failure = 'disk-full'
    expect(await keeper.discard(command(1).id)).toBe(false)
    journal.failure = undefined
    expect(sendable()).toEqual([])
    await clock.advance(6_000)
    expect(sendable()).toEqual([command(1).id])
  })
})

describe('the journal and the database', () => {
  it('that of a joined message disagree: it is not asked to wait again', async () => {
    await keeper.add([command(1)], { files })
    await keeper.joinLine(command(1).id)
    // The journal lost its end; the database has the later word.
    journal.items.set(`command ${command(1).id}`, {
      kind: 'command',
      id: command(1).id,
      value: JSON.stringify({ ...outboxRow({ order: 1 }), files, waits: true }),
    })
    journal.repaired = true
    await start()
    expect(keeper.list.find(command(1).id)?.waits).toBeUndefined()
    expect(loaded.isWhole).toBe(false)
  })

  it('an item that this version can not read keeps everything in the media folder', async () => {
    await keeper.add([command(1)], { files })
    await start()
    expect(loaded.isWhole).toBe(true)
    journal.items.set('draft chat.T9.team', { kind: 'draft', id: 'chat.T9.team', value: '{"of":"a newer version"}' })
    await start()
    expect(loaded.isWhole).toBe(false)
  })
})

describe('a message with files that could not be written down', () => {
  it('gives them back to the draft, and what came into it meanwhile stays', async () => {
    await keeper.changeDraft(room, (draft) => ({ ...draft, text: 'Первое', files }))
    let release = () => {}
    journal.beforeWrite = () => new Promise<void>((resolve) => (release = resolve))
    const added = keeper.add([command(1)], { files, fromDraft: { room, text: 'Первое' } })
    journal.beforeWrite = () => {}
    await keeper.changeDraft(room, (draft) => ({ ...draft, text: 'Второе', files: [...draft.files, keptFile(3)] }))
    journal.failure = 'disk-full'
    release()
    expect(await added).toMatchObject({ ok: false })
    journal.failure = undefined
    expect(keeper.draftOf(room)).toMatchObject({ text: 'Первое\nВторое', files: [...files, keptFile(3)] })
    await keeper.changeDraft(room, (draft) => draft)
    await start()
    expect(keeper.draftOf(room)).toMatchObject({ text: 'Первое\nВторое', files: [...files, keptFile(3)] })
  })
})
