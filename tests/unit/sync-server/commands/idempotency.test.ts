import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEntries } from '#common/documents/chat-document.ts'
import { MemoryLogStore } from '#server/storage/memory-log-store.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'
import { settled } from '#tests/support/server-core/manual-clock.ts'

/** Sends of ten commands, each any number of times and in any order, two at once, with failing commits and restarts between. */
const send = fc.record({
  commands: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 6 }),
  failing: fc.integer({ min: 0, max: 2 }),
  restart: fc.boolean(),
})

describe('a command', () => {
  it('has its effect once, however often it comes and whatever fails (C1, C4)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(send, { maxLength: 12 }), async (sends) => {
        const store = new MemoryLogStore()
        let world = await CoreWorld.start({ store })
        const ticketId = await world.createTicket()
        const commands = Array.from({ length: 10 }, (_, index) =>
          world.command({ type: 'message.post', ticketId, to: ['customer'], text: `${index}`, attachments: [] }),
        )
        const applied = new Set<string>()
        for (const { commands: indexes, failing, restart } of sends) {
          for (let count = 0; count < failing; count++) store.failNextCommit()
          const answers = await Promise.all(indexes.map((index) => world.core.execute('dispatcher', commands[index])))
          answers.forEach((answer, place) => {
            const id = commands[indexes[place] ?? 0]?.id ?? ''
            if (!answer.ok) {
              expect(answer.reason.code).toBe('E_UNAVAILABLE')
              return
            }
            expect(answer.value).toEqual({ id, repeated: applied.has(id) })
            applied.add(id)
          })
          if (restart) world = await CoreWorld.on(store)
        }
        const reader = world.room('dispatcher', `chat.${ticketId}.customer`)
        await settled()
        expect(readEntries(reader.document).map((entry) => entry.id)).toEqual([...applied])
      }),
      { numRuns: 100 },
    )
  }, 60_000)
})
