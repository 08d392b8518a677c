/**
 * What the team writes to itself never comes to a customer: not one byte, whatever is switched, changed and restarted meanwhile.
 * The same search finds what was written for the customer in every one of the places, so it would find the team's words too.
 */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chatRoom, type ChatKind, type MessageId } from '#common/domain/ids.ts'
import { baseRoles, permissions, type Permission } from '#common/domain/role.ts'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { makeUserDataDir, removeUserData } from '#tests/support/electron/launch-app.ts'
import { startNotificationService, type NotificationService } from '#tests/support/electron/notification-service.ts'
import { placesOf, readDatabases, readFiles, type Finding } from '#tests/support/electron/stored-data.ts'
import { openLink, type Link } from '#tests/support/network/link.ts'
import { openDocument, signIn, whenSynced } from '#tests/support/room-client/room-client.ts'
import { Staff } from '#tests/support/server/staff.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { askOverHttp, askOverSockets, type Asked } from '#tests/support/server/team-chat-probes.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

const patience = { timeout: 30_000, interval: 100 }

/** Two words that nothing else says: one in Latin letters, one in Cyrillic ones. They are stored in different encodings. */
function newWords(): string[] {
  const letters = [...randomBytes(12)].map((byte) => String.fromCharCode('а'.charCodeAt(0) + (byte % 32))).join('')
  return [`mark${randomBytes(8).toString('hex')}`, `слово${letters}`]
}
const secrets = newWords()
const controls = newWords()

let folder: TemporaryFolder
let server: TestServer
let link: Link
let notifications: NotificationService
let userDataDir: string
let desk: Desk
let admin: Staff
let dispatcher: Staff
let customerToken: string
let ticketId: string
let otherTicketId: string
/** What the server sent to the customer, connection by connection. */
const received = new Map<number, Buffer[]>()
const answers: Finding[] = []

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  server = await startServer({ seed: 'demo', dataDir: folder.path })
  link = await openLink(server.url, {
    onServerBytes: (bytes, connection) => received.set(connection, [...(received.get(connection) ?? []), bytes]),
  })
  notifications = await startNotificationService()
  admin = await Staff.signIn(server.url, 'admin')
  dispatcher = await Staff.signIn(server.url, 'dispatcher')
  ticketId = (await admin.ticket('Не держит давление насос ГВС')).id
  otherTicketId = (await admin.ticket('Плановое ТО индивидуального теплового пункта')).id
  customerToken = await signIn(link.url, 'customer')
  userDataDir = await makeUserDataDir()
  desk = await openDesk({ userDataDir })
  await desk.signIn(link.url, 'customer')
  await desk.page.getByRole('option').first().waitFor(patience)
})
afterAll(async () => {
  await desk.launched.close()
  await removeUserData(userDataDir)
  await notifications.stop()
  await link.close()
  await server.stop()
  await folder.remove()
})

const socketBytes = (): Finding[] =>
  [...received].map(([connection, bytes]) => ({ place: `connection ${connection}`, bytes: Buffer.concat(bytes) }))
const banners = (): Finding[] =>
  notifications.shown().map((shown) => ({ place: `banner ${shown.id}`, bytes: Buffer.from(JSON.stringify(shown)) }))

/** Stands in the team's chat. */
let teamMessage: MessageId
let secretCount = 0
/** A text with one of the words, or with both. */
function secretText(): string {
  const which = secretCount++ % 3
  return `Только для своих ${secretCount}: ${which < 2 ? secrets[which] : secrets.join(' и ')}`
}

/** The team talks: about both tickets, with an answer, a mention, an edit, a deletion and somebody who types. */
async function teamTalks(): Promise<void> {
  for (const id of [ticketId, otherTicketId]) {
    const post = { type: 'message.post', ticketId: id, to: ['team'], attachments: [] }
    const first = await dispatcher.command({ ...post, text: secretText() })
    if (id === ticketId) teamMessage = first
    await admin.command({ ...post, text: secretText(), replyTo: 1, mentions: ['dispatcher'] })
    await dispatcher.command({ type: 'message.edit', ticketId: id, chat: 'team', target: first, text: secretText() })
    const gone = await dispatcher.command({ ...post, text: secretText() })
    await dispatcher.command({ type: 'message.delete', ticketId: id, chat: 'team', target: gone })
  }
  const { provider } = openDocument(server.url, dispatcher.token, chatRoom(ticketId, 'team'))
  await whenSynced(provider)
  provider.awareness.setLocalState({ typing: true, looking: true, text: secretText() })
  const crossPost = await dispatcher.post(ticketId, ['team', 'customer'], 'Это видят оба чата')
  const edit = { type: 'message.edit', ticketId, chat: 'team', target: crossPost }
  await dispatcher.command({ ...edit, text: secretText() })
  provider.destroy()
  await expectInStep()
}

let marks = 0
/** The app has taken all that came before: something written for the customer last of all is there. */
async function expectInStep(): Promise<void> {
  const text = `Отметка ${++marks}: ${controls.join(' ')}`
  await dispatcher.post(ticketId, ['customer'], text)
  await desk.inboxRow(`Отметка ${marks}:`).waitFor(patience)
  for (const word of secrets) expect(placesOf(word, [...socketBytes(), ...banners()]), `by mark ${marks}`).toEqual([])
}

/** The customer asks for what is not theirs, and looks where it would be. */
async function customerIsCurious(): Promise<void> {
  const asked: Asked = { url: link.url, token: customerToken, ticketId, target: teamMessage, text: secrets[0] ?? '' }
  for (const [place, body] of await askOverHttp(asked))
    answers.push({ place: `${place} (${answers.length})`, bytes: Buffer.from(body) })
  await askOverSockets(asked)
  await desk.goTo(`/chats/${ticketId}/team`)
  await desk.message('Отметка').first().waitFor(patience)
  await desk.goTo('/chats')
}

async function giveCustomers(given: readonly Permission[]): Promise<void> {
  await admin.command({ type: 'role.update', roleId: 'customer', permissions: given })
}

async function colleagueComesAndGoes(): Promise<void> {
  const account = { login: `kollega${marks}`, name: 'Пётр Коллегин', kind: 'customer', roleId: 'customer' }
  const userId = await admin.command({ type: 'user.create', ...account, company: 'ТЦ «Меридиан»' })
  const add = (chat: ChatKind) => ({ type: 'participants.add', ticketId, chat, userIds: [userId] })
  await dispatcher.command(add('customer'))
  expect((await dispatcher.ask(add('team'))).status).toBe(403)
  await dispatcher.command({ type: 'ticket.update', ticketId, fields: { customerId: userId } })
  await teamTalks()
  await dispatcher.command({ type: 'ticket.update', ticketId, fields: { customerId: 'customer' } })
  await dispatcher.command({ type: 'participants.remove', ticketId, chat: 'customer', userId })
  await teamTalks()
}

async function ticketsChangeHands(): Promise<void> {
  for (const assigneeId of ['engineer2', null, 'engineer']) {
    await dispatcher.command({ type: 'ticket.assign', ticketId, assigneeId })
    await teamTalks()
  }
  await dispatcher.command({ type: 'ticket.stage', ticketId, stage: 'needsFollowUp' })
}

async function serverIsKilled(): Promise<void> {
  await server.kill()
  server = await startServer({ dataDir: folder.path, port: server.port })
}

async function appIsKilled(): Promise<void> {
  await desk.launched.kill()
  desk = await openDesk({ userDataDir })
  await desk.page.getByRole('option').first().waitFor(patience)
}

/** Every place in which the search finds all of these words. */
async function everywhere(): Promise<Record<string, Finding[]>> {
  return { sockets: socketBytes(), banners: banners(), databases: await readDatabases(desk.launched), answers }
}

it('the team’s words reach a customer by no way at all', { timeout: 240_000 }, async () => {
  await dispatcher.command({ type: 'ticket.update', ticketId, fields: { description: controls.join(' ') } })
  await expectInStep()
  await notifications.next(({ body }) => body.includes(controls[0] ?? ''), 30_000)
  for (const word of controls) expect(placesOf(word, socketBytes())).not.toEqual([])

  await admin.split(true)
  await teamTalks()
  await customerIsCurious()
  await colleagueComesAndGoes()
  await ticketsChangeHands()

  await giveCustomers(permissions)
  await teamTalks()
  await customerIsCurious()
  await appIsKilled()
  await teamTalks()
  await giveCustomers(baseRoles.find(({ id }) => id === 'customer')?.permissions ?? [])
  await teamTalks()

  await admin.split(false)
  expect(
    (await dispatcher.ask({ type: 'message.post', ticketId, to: ['team'], text: 'x', attachments: [] })).status,
  ).toBe(403)
  await expectInStep()
  await customerIsCurious()
  await serverIsKilled()
  await expectInStep()
  await admin.split(true)
  await teamTalks()
  await appIsKilled()
  await expectInStep()
  await teamTalks()
  await customerIsCurious()

  const places = await everywhere()
  for (const [kind, findings] of Object.entries(places)) {
    for (const word of controls) expect(placesOf(word, findings), `${kind} hold what is the customer’s`).not.toEqual([])
    for (const word of secrets) expect(placesOf(word, findings), `${kind} hold what is the team’s`).toEqual([])
  }
  await desk.launched.close()
  const files = await readFiles(userDataDir)
  expect(controls.map((word) => placesOf(word, files).length > 0)).toEqual([true, true])
  for (const word of secrets) expect(placesOf(word, files)).toEqual([])
})
