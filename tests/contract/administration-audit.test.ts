import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditResponseSchema, type AuditEntry } from '#common/protocol/http-api.ts'
import { Administration, refusalOf } from '#tests/support/server/administration.ts'
import { startServer } from '#tests/support/server/start-server.ts'

/** Who changed what, as those may read it who may know, and who is who. A real process, from outside. */
let office: Administration
let engineerId = ''
let ticketId = ''
const formula = '=HYPERLINK("http://evil.example";"Отчёт")'
const secrets = ['Первое тайное слово', 'Второе тайное слово', 'Третье тайное слово']

beforeAll(async () => {
  office = new Administration(await startServer({ seed: 'demo' }))
  await office.signIn('admin', 'dispatcher', 'engineer', 'customer')
  engineerId = await office.makeUser('проверяемый', 'engineer', {
    name: formula,
    position: 'Инженер, "старший"\nсмены',
  })
  await office.run('admin', { type: 'organisation.update', splitChats: true })
  ticketId = await office.run('dispatcher', { type: 'ticket.create', fields: { title: 'Не греет котёл' } })
  await office.run('dispatcher', { type: 'ticket.assign', ticketId, assigneeId: engineerId })
  await office.run('dispatcher', { type: 'participants.add', ticketId, chat: 'team', userIds: ['engineer'] })
  const [first = '', second = '', third = ''] = secrets
  const post = { type: 'message.post', ticketId, to: ['customer', 'team'], text: first, attachments: [] }
  const target = await office.run('dispatcher', post)
  await office.run('dispatcher', { type: 'message.edit', ticketId, chat: 'team', target, text: second })
  await office.run('dispatcher', { type: 'message.delete', ticketId, chat: 'customer', target })
  expect(await office.refused('dispatcher', { ...post, text: third, expects: { stage: 'new' } })).toMatch(/E_STALE/)
  await office.run('dispatcher', { type: 'ticket.update', ticketId, fields: { title: '+7 (812) не греет' } })
  await office.run('dispatcher', { type: 'participants.remove', ticketId, chat: 'team', userId: 'engineer' })
}, 60_000)
afterAll(async () => {
  await office.server.stop()
})

async function page(query = ''): Promise<{ entries: AuditEntry[]; cursor: string | null }> {
  const { status, body } = await office.as('admin', 'GET', `/api/audit${query}`)
  expect(status).toBe(200)
  return auditResponseSchema.parse(body)
}

const all = async (query = ''): Promise<AuditEntry[]> => (await page(`?limit=500${query}`)).entries

async function csv(query = ''): Promise<string[][]> {
  const { body } = await office.as('admin', 'GET', `/api/audit.csv${query}`)
  return parseCsv(String(body))
}

describe('GET /api/audit (R22)', () => {
  it('tells who did what to whom, newest first, with what it was before and is now', async () => {
    const entries = await all(`&subjectId=${ticketId}`)
    expect(entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id).sort((a, b) => b - a))
    const actions = [...new Set(entries.map(({ action }) => action))]
    expect(actions).toEqual(['participants.remove', 'ticket.update', 'participants.add', 'ticket.assign', 'ticket.create']) // prettier-ignore
    expect(entries[1]).toMatchObject({
      byId: 'dispatcher',
      byName: 'Мария Ковалёва',
      subject: 'ticket',
      subjectName: expect.stringMatching(/^№ \d+$/) as string,
      changes: [{ field: 'title', from: 'Не греет котёл', to: '+7 (812) не греет' }],
    })
    const [made] = await all(`&subjectId=${engineerId}&byId=admin`)
    expect(made).toMatchObject({ action: 'user.create', subject: 'user', subjectName: formula })
    expect((await all('&subject=organisation'))[0]?.changes).toEqual([{ field: 'splitChats', from: false, to: true }])
    expect((await all('&subject=session&byId=customer'))[0]).toMatchObject({ action: 'session.start', writtenAt: null })
  })

  it('narrows by time, person and subject, all of it together', async () => {
    const entries = await all()
    const middle = entries[Math.floor(entries.length / 2)]?.at ?? 0
    expect(await all(`&from=${middle}`)).toEqual(entries.filter(({ at }) => at >= middle))
    expect(await all(`&to=${middle}`)).toEqual(entries.filter(({ at }) => at < middle))
    expect(await all('&byId=dispatcher')).toEqual(entries.filter(({ byId }) => byId === 'dispatcher'))
    expect(await all('&subject=participants&byId=dispatcher')).toEqual(
      entries.filter(({ subject, byId }) => subject === 'participants' && byId === 'dispatcher'),
    )
    expect(await all(`&byId=${encodeURIComponent("' OR 1=1 --")}`)).toEqual([])
    for (const query of [
      'subject=nothing',
      'from=yesterday',
      'from=-1',
      'limit=0',
      'limit=501',
      'cursor=x',
      'cursor=0',
    ])
      expect([query, (await office.as('admin', 'GET', `/api/audit?${query}`)).status]).toEqual([query, 400])
  })

  it('comes in pages without gap or repetition, also while new lines come', async () => {
    const expected = await all('&byId=dispatcher')
    const seen: AuditEntry[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const next = await page(`?limit=2&byId=dispatcher${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...next.entries)
      cursor = next.cursor
      const fields = { title: `Название ${seen.length}` }
      await office.run('dispatcher', { type: 'ticket.update', ticketId, fields })
    }
    expect(seen).toEqual(expected)
  })
})

describe('GET /api/audit.csv', () => {
  it('is the same as a table, a line for each change', async () => {
    const [header, ...rows] = await csv('?byId=dispatcher')
    expect(header).toEqual(['id', 'at', 'writtenAt', 'byId', 'byName', 'action', 'subject', 'subjectId', 'subjectName', 'field', 'from', 'to']) // prettier-ignore
    const entries = await all('&byId=dispatcher')
    const expected = entries.flatMap(({ id, changes }) => (changes.length === 0 ? [id] : changes.map(() => id)))
    expect(rows.map(([id]) => Number(id))).toEqual(expected)
    expect(rows.every((row) => row.length === 12)).toBe(true)
    const answer = await office.as('admin', 'GET', '/api/audit.csv')
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(answer.headers.get('content-disposition')).toContain('attachment')
  })

  it('keeps quotes and line breaks in their cell, and lets no spreadsheet compute what somebody wrote', async () => {
    const made = await csv(`?subjectId=${engineerId}`)
    const rowOf = (field: string): string[] => made.find((row) => row[9] === field) ?? []
    expect(rowOf('position')[11]).toBe('Инженер, "старший"\nсмены')
    expect(rowOf('name')[8]).toBe(`'${formula}`)
    expect(rowOf('name')[11]).toBe(`'${formula}`)
    const titles = (await csv(`?subjectId=${ticketId}`)).filter((row) => row[9] === 'title').map((row) => row[11])
    expect(titles).toContain("'+7 (812) не греет")
    for (const row of await csv()) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
  })
})

it('neither holds a word that people wrote to each other', async () => {
  const json = JSON.stringify(await all())
  const text = JSON.stringify(await csv())
  for (const secret of secrets) {
    expect(json).not.toContain(secret)
    expect(text).not.toContain(secret)
  }
  expect(json).not.toMatch(/message\.|read\.mark/)
})

it('both need admin.audit (R22), and a customer with that permission has nothing of it', async () => {
  const auditor = await office.makeRole('Ревизор', ['admin.audit'])
  const others = await office.makeRole('Почти всё', [
    'admin.users',
    'admin.roles',
    'admin.organisation',
    'tickets.view.all',
  ])
  await office.employ('ревизор', auditor)
  await office.employ('почти.всё', others)
  await office.employ('заказчик', auditor, { kind: 'customer', company: 'ООО «Ромашка»' })
  for (const path of ['/api/audit', '/api/audit.csv']) {
    expect((await office.as('ревизор', 'GET', path)).status).toBe(200)
    for (const login of ['почти.всё', 'заказчик', 'dispatcher', 'customer'])
      expect([login, refusalOf(await office.as(login, 'GET', path))]).toEqual([login, '403 E_FORBIDDEN'])
    expect(refusalOf(await office.open('GET', path))).toBe('401 E_TOKEN')
  }
})

describe('GET /api/people (R12)', () => {
  it('tells employees who is who, and customers nothing', async () => {
    const { body } = await office.as('engineer', 'GET', '/api/people')
    const { people } = body as { people: { id: string; login: string }[] }
    expect(people.find(({ id }) => id === engineerId)).toMatchObject({ login: 'проверяемый', active: true })
    expect(JSON.stringify(body)).not.toMatch(/hash|password|credential/i)
    expect(refusalOf(await office.as('customer', 'GET', '/api/people'))).toBe('403 E_FORBIDDEN')
    expect(refusalOf(await office.open('GET', '/api/people'))).toBe('401 E_TOKEN')
  })
})

/** RFC 4180, as strict as a program would read it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  const body = text.replace(/^\uFEFF/, '')
  while (cell.lastIndex < body.length) {
    const found = cell.exec(body)
    if (!found) throw new Error('no CSV')
    const [, quoted, plain = '', end] = found
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n' && cell.lastIndex < body.length) rows.push([])
  }
  return rows
}
