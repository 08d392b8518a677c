import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Ticket } from '#common/domain/ticket.ts'
import { importResponseSchema } from '#common/protocol/http-api.ts'
import { SyncListener } from '#tests/support/rights/sync-listener.ts'
import { nextId, roomProtocols } from '#tests/support/room-client/room-client.ts'
import { Administration, refusalOf } from '#tests/support/server/administration.ts'
import { startServer } from '#tests/support/server/start-server.ts'

/** What other systems use: keys, and tickets brought over. A real process, from outside. */
let office: Administration

beforeAll(async () => {
  office = new Administration(await startServer({ seed: 'demo' }))
  await office.signIn('admin', 'dispatcher', 'engineer', 'customer')
}, 60_000)
afterAll(async () => {
  await office.server.stop()
})

const ticketsOf = async (login: string): Promise<Ticket[]> => {
  const { body } = await office.as(login, 'GET', '/api/tickets?limit=200')
  return (body as { tickets: Ticket[] }).tickets
}

const message = (ticketId: string, text: string) => ({ type: 'message.post', ticketId, to: ['customer'], text, attachments: [] }) // prettier-ignore

describe('an API key', () => {
  it('carries a role: it may over HTTP what that role may, under its own name', async () => {
    const { key, userId } = await office.makeKey('Учёт', 'dispatcher')
    office.know('учёт', key)
    const account = await office.as('учёт', 'GET', '/api/me')
    expect(account.body).toMatchObject({ id: userId, name: 'Учёт', roleId: 'dispatcher' })
    const tickets = await ticketsOf('учёт')
    expect(tickets.length).toBe((await ticketsOf('dispatcher')).length)
    const ticketId = await office.run('учёт', { type: 'ticket.create', fields: { title: 'Из учёта' } })
    await office.run('учёт', message(ticketId, 'Заведено учётом'))
    const { body } = await office.as('dispatcher', 'GET', `/api/tickets/${ticketId}`)
    expect((body as { ticket: Ticket }).ticket).toMatchObject({ createdById: userId, requesterId: userId })
    for (const path of ['/api/audit', '/api/keys', '/api/users/admin/sessions'])
      expect(refusalOf(await office.as('учёт', 'GET', path))).toBe('403 E_FORBIDDEN')
    expect(refusalOf(await office.as('учёт', 'DELETE', '/api/session'))).toBe('403 E_FORBIDDEN')
  })

  it('of a lesser role sees less, and what changes in the role changes for it at once', async () => {
    const roleId = await office.makeRole('Наблюдатель', ['tickets.view.all'])
    const { key } = await office.makeKey('Табло', roleId)
    office.know('табло', key)
    expect((await ticketsOf('табло')).length).toBeGreaterThan(10)
    const ticketId = (await ticketsOf('табло')).find(({ stage }) => stage === 'inProgress')?.id ?? ''
    expect(await office.refused('табло', message(ticketId, 'нельзя'))).toBe('403 E_FORBIDDEN to')
    await office.run('admin', { type: 'role.update', roleId, permissions: ['messages.menu'] })
    expect(await ticketsOf('табло')).toEqual([])
    expect((await office.as('табло', 'GET', `/api/tickets/${ticketId}`)).status).toBe(404)
  })

  it('opens no socket, signs nobody in and can not be invited', async () => {
    const { key, userId } = await office.makeKey('Сокет', 'admin')
    const listener = await SyncListener.open(office.server.url, key, 'device')
    await expect.poll(() => listener.closedWith).toBe(4401)
    const url = `${office.server.url.replace('http', 'ws')}/rooms/directory`
    const socket = new WebSocket(url, roomProtocols(key))
    const code = await new Promise((resolve) => socket.once('close', resolve))
    expect(code).toBe(4401)
    const device = { id: 'device', name: 'Тест' }
    const signIn = { login: userId, password: key, device }
    expect(refusalOf(await office.open('POST', '/api/session', signIn))).toBe('401 E_CREDENTIALS')
    const invited = await office.as('admin', 'POST', '/api/invitations', { userId })
    expect(refusalOf(invited)).toBe('403 E_FORBIDDEN userId')
  })

  it('is refused from the moment it is revoked or its account is switched off', async () => {
    const { key, id } = await office.makeKey('Временный', 'dispatcher')
    office.know('временный', key)
    expect((await office.as('временный', 'GET', '/api/me')).status).toBe(200)
    for (const login of ['dispatcher', 'customer', 'временный'])
      expect(refusalOf(await office.as(login, 'DELETE', `/api/keys/${id}`))).toBe('403 E_FORBIDDEN')
    expect((await office.as('admin', 'DELETE', `/api/keys/${id}`)).status).toBe(204)
    for (const path of ['/api/me', '/api/tickets', '/api/people'])
      expect(refusalOf(await office.as('временный', 'GET', path))).toBe('401 E_TOKEN')
    const create = { type: 'ticket.create', fields: { title: 'поздно' } }
    expect(refusalOf(await office.command('временный', create))).toBe('401 E_TOKEN')
    expect(refusalOf(await office.as('admin', 'DELETE', `/api/keys/${id}`))).toBe('404 E_NOT_FOUND')

    const other = await office.makeKey('Второй', 'dispatcher')
    office.know('второй', other.key)
    expect((await office.as('второй', 'GET', '/api/me')).status).toBe(200)
    await office.run('admin', { type: 'user.update', userId: other.userId, active: false })
    expect(refusalOf(await office.as('второй', 'GET', '/api/me'))).toBe('401 E_TOKEN')
  })

  it('is shown once: its secret is nowhere, neither in the list nor in the store nor in the log', async () => {
    const { key, id } = await office.makeKey('Тайный', 'dispatcher')
    office.know('тайный', key)
    await office.as('тайный', 'GET', '/api/me')
    const { body } = await office.as('admin', 'GET', '/api/keys')
    const secret = key.slice(`naryad_${id}_`.length)
    expect(secret.length).toBeGreaterThanOrEqual(43)
    expect(JSON.stringify(body)).not.toMatch(/secret|hash/i)
    const listed = (body as { apiKeys: { id: string; lastUsedAt: number | null }[] }).apiKeys.find(
      (own) => own.id === id,
    )
    expect(listed?.lastUsedAt).toBeGreaterThan(0)
    const kept = await office.everythingKept()
    expect(kept.includes(id)).toBe(true)
    expect(kept.includes(secret)).toBe(false)
  })

  it('that is nearly right is none', async () => {
    const { key, id } = await office.makeKey('Похожий', 'dispatcher')
    const last = key.endsWith('A') ? 'B' : 'A'
    const wrong = [`${key.slice(0, -1)}${last}`, `${key}A`, key.slice(0, -1), `naryad_${id}_`, key.toUpperCase(), id]
    for (const text of wrong) {
      office.know('похожий', text)
      expect(refusalOf(await office.as('похожий', 'GET', '/api/me'))).toBe('401 E_TOKEN')
    }
    expect(refusalOf(await office.as('admin', 'POST', '/api/keys', { name: 'Ключ', roleId: 'none' }))).toBe('404 E_NOT_FOUND roleId') // prettier-ignore
    expect(refusalOf(await office.as('admin', 'POST', '/api/keys', { name: ' ', roleId: 'admin' }))).toBe('400 E_REQUEST name') // prettier-ignore
  })
})

describe('POST /api/import/tickets', () => {
  type Item = { create: Record<string, unknown>; assigneeId: string | null }
  const item = (title: string, fields: object = {}, assigneeId: string | null = null): Item => ({
    create: { id: nextId(), type: 'ticket.create', writtenAt: '2026-01-15T09:00:00Z', fields: { title, ...fields } },
    assigneeId,
  })
  const send = (tickets: unknown[], { dryRun = false, by = 'dispatcher' } = {}) =>
    office.as(by, 'POST', '/api/import/tickets', { dryRun, tickets })
  const idOf = ({ create }: Item): string => String(create['id'])
  const isThere = async (one: Item): Promise<boolean> =>
    (await office.as('dispatcher', 'GET', `/api/tickets/${idOf(one)}`)).status === 200

  it('brings all, each with its assignee; a dry run tells the same and brings none', async () => {
    const items = [item('Первая'), item('Вторая', { customerId: 'customer' }, 'engineer')]
    const would = await send(items, { dryRun: true })
    expect([would.status, would.body]).toEqual([200, { imported: 2, repeated: 0, errors: [] }])
    expect(await Promise.all(items.map(isThere))).toEqual([false, false])
    expect((await send(items)).body).toEqual({ imported: 2, repeated: 0, errors: [] })
    const { body } = await office.as('engineer', 'GET', `/api/tickets/${items[1] ? idOf(items[1]) : ''}`)
    const { ticket } = body as { ticket: Ticket }
    expect(ticket).toMatchObject({ assigneeId: 'engineer', customerId: 'customer', stage: 'assigned' })
  })

  it('brings none when one is wrong, and says which and why', async () => {
    const good = item('Хорошая')
    const wrong = [
      item(''),
      item('Без исполнителя', {}, 'nobody'),
      item('Исполняет заказчик', {}, 'customer'),
      item('Чужой заказчик', { customerId: 'nobody' }),
      item('Лишнее поле', { authorId: 'admin' }),
      {
        create: { id: nextId(), type: 'role.delete', writtenAt: '2026-01-15T09:00:00Z', roleId: 'engineer' },
        assigneeId: null,
      },
      { create: null, assigneeId: null },
      good,
    ]
    const answer = await send([good, ...wrong])
    expect(answer.status).toBe(422)
    const { imported, errors } = importResponseSchema.parse(answer.body)
    expect(imported).toBe(0)
    const found = errors.map(({ index, refusal }) => [index, refusal.code, refusal.field].filter(Boolean).join(' '))
    expect(found).toEqual([
      '1 E_COMMAND_INVALID fields.title',
      '2 E_NOT_FOUND assigneeId',
      '3 E_NOT_FOUND assigneeId',
      '4 E_NOT_FOUND fields.customerId',
      '5 E_COMMAND_INVALID fields.authorId',
      '6 E_COMMAND_INVALID type',
      '7 E_COMMAND_INVALID type',
      '8 E_ID_CONFLICT id',
    ])
    expect(await isThere(good)).toBe(false)
  })

  it('does no harm when it is repeated, also with more in it; the same id with other content is refused', async () => {
    const items = [item('Раз'), item('Два')]
    expect((await send(items)).body).toEqual({ imported: 2, repeated: 0, errors: [] })
    const before = (await ticketsOf('dispatcher')).length
    const [first, second] = items
    const later = items.map((one) => ({ ...one, create: { ...one.create, writtenAt: '2026-01-16T09:00:00Z' } }))
    expect((await send([...later, item('Три')])).body).toEqual({ imported: 1, repeated: 2, errors: [] })
    expect((await ticketsOf('dispatcher')).length).toBe(before + 1)
    const changed = { ...second, create: { ...second?.create, fields: { title: 'Иначе' } } }
    const { errors } = importResponseSchema.parse((await send([first, changed])).body)
    expect(errors.map(({ index, refusal }) => `${index} ${refusal.code}`)).toEqual(['1 E_ID_CONFLICT'])
  })

  it('is for employees who may create tickets, and who give them to others may assign (R10, R11)', async () => {
    for (const by of ['customer', 'engineer'])
      expect(refusalOf(await send([item('x')], { by }))).toBe('403 E_FORBIDDEN')
    office.know('заводит', (await office.makeKey('Заводит', await office.makeRole('Заводит', ['tickets.create']))).key)
    const answer = await send([item('Ничья'), item('Чья-то', {}, 'engineer')], { by: 'заводит' })
    const { errors } = importResponseSchema.parse(answer.body)
    expect(errors).toMatchObject([{ index: 1, refusal: { code: 'E_FORBIDDEN', field: 'assigneeId' } }])
    expect((await send([item('Ничья')], { by: 'заводит' })).status).toBe(200)
    expect(refusalOf(await office.open('POST', '/api/import/tickets', { dryRun: true, tickets: [] }))).toBe(
      '401 E_TOKEN',
    )
    expect(refusalOf(await send([]))).toBe('400 E_REQUEST tickets')
  })
})
