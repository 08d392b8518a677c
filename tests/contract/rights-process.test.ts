import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionResponseSchema } from '#common/protocol/http-api.ts'
import { stopWhole } from '#tests/support/hostile/bystander.ts'
import { Comparison, compareAll, shutUntilSplit } from '#tests/support/rights/comparison.ts'
import { company, everyPerson, homeDistrict, roleOf, type Person } from '#tests/support/rights/people.ts'
import { processProber } from '#tests/support/rights/process-prober.ts'
import { makeTickets, type TiedTicket } from '#tests/support/rights/tied-tickets.ts'
import { SeededRandom } from '#tests/support/simulation/seeded-random.ts'
import { Administration } from '#tests/support/server/administration.ts'
import { startServer } from '#tests/support/server/start-server.ts'

/**
 * The matrix of rights once more, of a sample of people, with nothing of the server in this process: roles, accounts and
 * tickets are made by command, everybody signs in by an invitation, and rooms, feed and commands go over real sockets.
 */
const fiveMinutes = 300_000
const unlimited = 1e9
const seed = 20_260_115
const chosenByChance = 7

let office: Administration
let people: Person[]
let tickets: TiedTicket[]

/** The roles every organisation has, and some of all the others. */
function sample(): Person[] {
  const everybody = everyPerson()
  const baseRoles = everybody.slice(-5)
  const chance = new SeededRandom(seed, 'people')
  const others = everybody.slice(0, -5)
  return [...baseRoles, ...Array.from({ length: chosenByChance }, () => chance.pick(others))]
}

async function settle(person: Person, index: number): Promise<Person> {
  const roleId = await office.makeRole(`Роль ${index}`, roleOf(person).permissions)
  const place = person.kind === 'customer' ? { company } : { districts: [homeDistrict] }
  const id = await office.makeUser(`человек-${index}`, roleId, { kind: person.kind, ...place })
  const { body } = await office.redeem(await office.invite('admin', id))
  office.know(id, sessionResponseSchema.parse(body).accessToken)
  return { ...person, id }
}

beforeAll(async () => {
  const limits = {
    accessTokenMs: fiveMinutes * 4,
    roomOpenBurst: unlimited,
    refusedRoomsPerMinute: unlimited,
    messagesPerMinute: unlimited,
    commandBurst: unlimited,
    connectionsPerUser: unlimited,
    loginFailures: unlimited,
    connectionsPerAddress: unlimited,
  }
  office = new Administration(await startServer({ limits }))
  await office.signInAsFirst()
  people = []
  for (const [index, person] of sample().entries()) people.push(await settle(person, index))
  await office.run('admin', { type: 'organisation.update', splitChats: true })
  tickets = await makeTickets((body) => office.run('admin', body), people)
}, fiveMinutes)

afterAll(async () => {
  await stopWhole(office.server)
})

describe('the rights matrix of a real server', () => {
  it.each([
    ['two', true],
    ['one', false],
  ])('%s chats: 0 differences', { timeout: fiveMinutes }, async (name, split) => {
    await office.run('admin', { type: 'organisation.update', splitChats: split })
    const comparison = new Comparison()
    await compareAll(comparison, { prober: processProber(office), people, tickets, split })
    process.stdout.write(`rights matrix of a process, ${name}: ${comparison.summary()}\n`)
    expect(comparison.differences.slice(0, 20)).toEqual([])
    expect(comparison.oneSided()).toEqual(split ? [] : shutUntilSplit)
  })
})
