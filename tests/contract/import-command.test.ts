import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { ticketSchema, type Ticket } from '#common/domain/ticket.ts'
import { apiKeyResponseSchema } from '#common/protocol/http-api.ts'
import { call, signInAs } from '#tests/support/server/api-client.ts'
import { cacheFolder } from '../../scripts/lib/project.mjs'
import { runImport } from '../../scripts/import/import-command.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

/** `npm run import` as its user meets it: the real script, a real server with the demonstration. */
const script = fileURLToPath(new URL('../../scripts/import.mjs', import.meta.url))
const example = fileURLToPath(new URL('../../docs/import-example.csv', import.meta.url))
/** Each start of the script takes some seconds on a busy machine. */
const timeoutMs = 90_000

let folder: TemporaryFolder
let server: TestServer
let key: string
let dispatcher: string

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  server = await startServer({ dataDir: join(folder.path, 'data'), seed: 'demo' })
  key = await makeKey('dispatcher')
  dispatcher = (await signInAs(server.url, 'dispatcher')).accessToken
}, 60_000)
afterAll(async () => {
  await server.kill()
  await folder.remove()
})

async function makeKey(roleId: string): Promise<string> {
  const { accessToken } = await signInAs(server.url, 'admin')
  const body = { name: `Импорт: ${roleId}`, roleId }
  const answer = await call(server.url, 'POST', '/api/keys', { token: accessToken, body })
  return apiKeyResponseSchema.parse(answer.body).key
}

type Ended = { code: number | null; stdout: string; stderr: string }

/** The command as `npm run import` starts it. */
async function runScript(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NARYAD_API_KEY: key, TZ: 'Europe/Moscow', ...environment },
  })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()))
  await once(child, 'close')
  return { ...ended, code: child.exitCode }
}

/** What the script does once it has started: a start takes seconds on a busy machine. */
async function run(args: readonly string[], apiKey = key): Promise<Ended> {
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  const code = await runImport(args, {
    environment: { NARYAD_API_KEY: apiKey },
    folder: folder.path,
    demoPortFile: join(folder.path, 'demo-server.port'),
    now: () => new Date(),
    print: (line) => (ended.stdout += `${line}\n`),
    warn: (line) => (ended.stderr += `${line}\n`),
  })
  return { ...ended, code }
}

const onServer = (file: string, ...more: string[]) => run([file, '--server', server.url, ...more])

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder.path, name)
  await writeFile(path, content)
  return path
}

/** Where nothing listens any more. */
async function addressOfNobody(): Promise<string> {
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo // listening on a port, not on a pipe
  gone.close()
  await once(gone, 'close')
  return `http://127.0.0.1:${port}`
}

const oneSchema = z.object({ ticket: ticketSchema })
const listSchema = z.object({ tickets: z.array(ticketSchema) })

/** The tickets whose title, site or address holds the text, newest first, without their descriptions. */
async function ticketsWith(text: string): Promise<Ticket[]> {
  const address = `/api/tickets?limit=200&q=${encodeURIComponent(text)}`
  return listSchema.parse((await call(server.url, 'GET', address, { token: dispatcher })).body).tickets
}

/** The only ticket with that text, whole. */
async function ticketWith(text: string): Promise<Ticket> {
  const found = await ticketsWith(text)
  expect(found).toHaveLength(1)
  const { body } = await call(server.url, 'GET', `/api/tickets/${found[0]?.id}`, { token: dispatcher })
  return oneSchema.parse(body).ticket
}

const imported = (count: number, before = 0) =>
  expect.stringMatching(new RegExp(`^Импортировано: ${count}\\. Были импортированы раньше: ${before}\\.\n$`))

describe('a file', { timeout: timeoutMs }, () => {
  it('that is right is checked by a dry run, imported once, and known again', async () => {
    const checked = await onServer(example, '--dry-run')
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('Будет импортировано: 3.') })
    expect(await ticketsWith('не запускается насос ХВС')).toEqual([])

    expect(await runScript([example, '--server', server.url])).toMatchObject({ code: 0, stdout: imported(3) })
    const pump = await ticketWith('не запускается насос ХВС')
    expect(pump).toMatchObject({
      stage: 'assigned',
      assigneeId: 'engineer',
      customerId: 'customer',
      requesterId: 'dispatcher',
      fields: {
        priority: 'critical',
        dueAt: '2027-01-25T15:00:00.000Z',
        description:
          'Частотный преобразователь показывает ошибку "F07".\nПерезапуск не помог; резервный насос работает.',
      },
    })
    const [lift] = await ticketsWith('Плановое обслуживание лифта № 3')
    expect(lift).toMatchObject({ assigneeId: 'engineer2', customerId: 'customer2', fields: { company: 'БЦ «Лотос»' } })
    // In the order of the file.
    expect(lift?.number).toBe(pump.number + 1)

    expect(await runScript([example, '--server', server.url])).toMatchObject({ code: 0, stdout: imported(0, 3) })
    expect(await ticketsWith('не запускается насос ХВС')).toHaveLength(1)
  })

  it('of Windows-1251 with CRLF, as Excel writes it, makes the same tickets as one of UTF-8', async () => {
    const lines = ['Тема;Критичность;Описание', 'Шум в вентиляции;Высокая;"две', 'строки"', '=1+1;Низкая;@SUM(A1)']
    const bytes = Uint8Array.from(lines.join('\r\n'), (character) => {
      const code = character.codePointAt(0) ?? 0
      return code < 128 ? code : code - 0x410 + 0xc0
    })
    const excel = await onServer(await fileOf('cp1251.csv', bytes))
    expect(excel).toMatchObject({ code: 0, stdout: imported(2) })
    expect(excel.stderr).toContain('windows-1251')
    expect((await ticketWith('Шум в вентиляции')).fields.description).toBe('две\nстроки')
    expect((await ticketWith('=1+1')).fields).toMatchObject({ priority: 'low', description: '@SUM(A1)' })
    const other = 'Priority\tDescription\tSubject\nlow\t@SUM(A1)\t=1+1\nHigh\t"две\nстроки"\tШум в вентиляции\n'
    expect(await onServer(await fileOf('utf8.tsv', `\ufeff${other}`))).toMatchObject({
      code: 0,
      stdout: imported(0, 2),
    })
  })

  it('with errors imports nothing, and all of them are told by line: the file’s and the server’s', async () => {
    const good = await fileOf('one.csv', 'Внешний номер,Тема\nE-1,Первая из двух систем\n')
    expect(await onServer(good)).toMatchObject({ code: 0, stdout: imported(1) })
    const bad = await fileOf(
      'bad.csv',
      [
        'Внешний номер,Тема,Описание,Исполнитель,Срок',
        'E-2,"Верная, но не одна","1',
        '2",engineer,',
        'E-1,Первая стала другой,,,',
        'E-3,,,nobody,завтра',
      ].join('\r\n'),
    )
    const { code, stdout, stderr } = await onServer(bad)
    expect(stderr.split('\n').slice(1)).toEqual([
      'строка 4, «Внешний номер»: заявка с этим внешним номером уже импортирована с другим содержанием',
      'строка 5, «Срок»: «завтра» не дата: нужно 25.01.2027 18:00 или 2027-01-25T18:00',
      'строка 5, «Исполнитель»: нет человека с логином или именем «nobody»',
      'строка 5, «Тема»: не заполнено',
      'Ошибок: 4. Ничего не импортировано.',
      '',
    ])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    // Nor when the server would have taken all the lines that could be read.
    const half = await fileOf('half.csv', 'Тема,Срок\n"Верная, но не одна",\nНеверная,завтра\n')
    expect(await onServer(half)).toMatchObject({ code: 1, stderr: expect.stringContaining('строка 3, «Срок»') })
    expect(await ticketsWith('Верная, но не одна')).toEqual([])
    const conflict = await fileOf('conflict.csv', 'Внешний номер,Тема\nE-2,"Верная, но не одна"\nE-1,Другая\n')
    expect(await onServer(conflict, '--lang', 'en')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 3, “Внешний номер”: a ticket with this external id was imported before'),
    })
    expect(await ticketsWith('Верная, но не одна')).toEqual([])
    // The same number in another system is another ticket.
    expect(await onServer(conflict, '--source', '1С')).toMatchObject({ code: 0, stdout: imported(2) })
  })

  it('of more than 5,000 tickets, or with a column nobody knows, is refused before the server is asked', async () => {
    const many = await fileOf('many.csv', `Тема\n${'Ещё одна из многих\n'.repeat(5001)}`)
    const unknown = await fileOf('unknown.csv', 'Тема;Цвет\nx;y\n')
    const nowhere = ['--server', await addressOfNobody()]
    const [tooMany, unknownColumn] = await Promise.all([run([many, ...nowhere]), run([unknown, ...nowhere])])
    expect(tooMany).toMatchObject({ code: 1, stderr: expect.stringContaining('5001, за один раз можно 5000') })
    expect(unknownColumn).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('строка 1, «Цвет»: такого столбца'),
    })
  })
})

describe('the server', { timeout: timeoutMs }, () => {
  it('that does not accept the key or its role, or does not answer, leaves nothing imported', async () => {
    const file = await fileOf('keys.csv', 'Тема\nЗаявка без прав\n')
    await fileOf('engineer.key', `${await makeKey('engineer')}\n`)
    const [wrongKey, wrongRole, unreachable, noKey] = await Promise.all([
      run([file, '--server', server.url], 'no-such-key'),
      run([file, '--server', server.url, '--key-file', 'engineer.key']),
      run([file, '--server', await addressOfNobody()]),
      run([file, '--server', server.url], ''),
    ])
    const failed = (text: string) => ({ code: 2, stdout: '', stderr: expect.stringContaining(text) })
    expect(wrongKey).toMatchObject(failed('Сервер не принял ключ. Ничего не импортировано.'))
    expect(wrongRole).toMatchObject(failed('Роли этого ключа нельзя заводить заявки'))
    expect(unreachable).toMatchObject(failed('Сервер не отвечает (ECONNREFUSED). Ничего не импортировано.'))
    expect(noKey).toMatchObject(failed('NARYAD_API_KEY'))
    expect(wrongKey.stderr).not.toContain('no-such-key')
    expect(await ticketsWith('Заявка без прав')).toEqual([])
  })

  it('of the demonstration on this computer needs neither address nor key', async () => {
    for (const place of ['naryad-demo', 'Library/Application Support/naryad-demo']) {
      await mkdir(join(folder.path, place), { recursive: true })
      await writeFile(join(folder.path, place, 'demo-server.port'), String(server.port))
    }
    const file = await fileOf('demo.csv', 'Subject\nЗаявка для показа\n')
    // Where the three platforms keep the data of applications.
    const places = { XDG_CONFIG_HOME: folder.path, APPDATA: folder.path, HOME: folder.path }
    // The packages are found in the cache of this user, who has another home now.
    const environment = { ...places, XDG_CACHE_HOME: cacheFolder().replace(/[\\/]naryad$/, ''), NARYAD_API_KEY: '' }
    expect(await runScript([file], environment)).toMatchObject({ code: 0, stdout: imported(1) })
    expect((await ticketWith('Заявка для показа')).createdById).toBe('dispatcher')
  })

  it.each([
    ['while it stores them', 'storing'],
    ['when everything is stored and the answer is on its way', 'answered'],
  ] as const)('killed %s: run again, each ticket is there once', async (_when, moment) => {
    const lines = Array.from({ length: 150 }, (_, index) => `Заявка ${index};Убит ${moment}`)
    const file = await fileOf(`${moment}.csv`, `Тема;Адрес\n${lines.join('\n')}\nЗаявка 0;Убит ${moment}\n`)
    const between = await openGate(moment)
    const cut = await runScript([file, '--server', between.url])
    await between.close()
    expect(cut).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('импортировано либо всё, либо ничего'),
    })
    server = await startServer({ dataDir: server.dataDir, seed: 'demo' })
    dispatcher = (await signInAs(server.url, 'dispatcher')).accessToken

    const again = await onServer(file)
    expect(again.code).toBe(0)
    if (moment === 'answered') expect(again.stdout).toEqual(imported(0, 151))
    else
      expect(again.stdout).toMatch(
        /^Импортировано: (151\. Были импортированы раньше: 0|0\. Были импортированы раньше: 151)\./,
      )
    const titles = (await ticketsWith(`Убит ${moment}`)).map(({ fields }) => fields.title)
    expect(titles).toHaveLength(151)
    expect(new Set(titles).size).toBe(150)
  })
})

/** When the server last wrote into its log. */
async function writtenAt(): Promise<number> {
  return (await stat(join(server.dataDir, 'log.sqlite-wal'))).mtimeMs
}

async function untilWritten(before: number): Promise<void> {
  while ((await writtenAt()) === before) await setImmediate()
}

/** Passes requests on to the server, and kills it at a moment of the import. */
async function openGate(moment: 'storing' | 'answered'): Promise<{ url: string; close: () => Promise<void> }> {
  const gate = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void passOn())
    const passOn = async (): Promise<void> => {
      const isImport = request.method === 'POST'
      const before = await writtenAt()
      const answer = call(server.url, request.method ?? '', request.url ?? '', {
        token: request.headers.authorization?.replace('Bearer ', ''),
        body: isImport ? Buffer.concat(chunks).toString() : undefined,
        ...(isImport && { headers: { 'content-type': 'application/json' } }),
      }).catch(() => undefined)
      if (!isImport) return void response.writeHead(200).end(JSON.stringify((await answer)?.body))
      if (moment === 'answered') expect((await answer)?.status).toBe(200)
      else await Promise.race([answer, untilWritten(before)])
      await server.kill()
      await answer
      response.destroy()
    }
  })
  gate.listen(0, '127.0.0.1')
  await once(gate, 'listening')
  const { port } = gate.address() as AddressInfo // listening on a port, not on a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      gate.closeAllConnections()
      gate.close()
      await once(gate, 'close')
    },
  }
}
