import { beforeAll, describe, expect, it } from 'vitest'
import { Comparison, compareAll, shutUntilSplit } from '#tests/support/rights/comparison.ts'
import { coreProber } from '#tests/support/rights/core-prober.ts'
import { everyPerson, roleOf, userOf } from '#tests/support/rights/people.ts'
import { makeTickets, type TiedTicket } from '#tests/support/rights/tied-tickets.ts'
import { CoreWorld } from '#tests/support/server-core/core-world.ts'

/**
 * Every role × permission × tie × split × way in, asked of the real server, and compared with a table that was written from
 * SPEC.md and not from the code.
 */
/** A minute and a half of computing each; a test cut short would go on asking while the next one splits the chats. */
const longMs = 1_200_000
const unlimited = 1e9

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

describe('the rights matrix of the server core', () => {
  const people = everyPerson()
  let world: CoreWorld
  let tickets: TiedTicket[]

  beforeAll(async () => {
    const limits = { roomOpenBurst: unlimited, refusedRoomsPerMinute: unlimited, messagesPerMinute: unlimited }
    world = await CoreWorld.start({ splitChats: true, limits })
    await world.core.writeDirectory({ roles: people.map(roleOf), users: people.map(userOf) })
    tickets = await makeTickets((body) => world.run('admin', body), people)
  }, longMs)

  it.each([
    ['two', true, people],
    ['one', false, people],
    // What was said twice is said a third time for whether switching back and forth leaves nothing behind.
    ['two again', true, people.filter((_person, index) => index % 12 === 0)],
  ])('%s chats: 0 differences', { timeout: longMs }, async (name, split, asked) => {
    await world.run('admin', { type: 'organisation.update', splitChats: split })
    const comparison = new Comparison()
    await compareAll(comparison, { prober: coreProber(world), people: asked, tickets, split })
    say(`rights matrix, ${name}: ${comparison.summary()}`)
    expect(comparison.differences.slice(0, 20)).toEqual([])
    // Each way in was seen open and shut; only what is not there before chats are split is never open.
    if (asked === people) expect(comparison.oneSided()).toEqual(split ? [] : shutUntilSplit)
  })
})
