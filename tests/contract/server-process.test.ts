import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { call, signInAs } from '#tests/support/server/api-client.ts'
import { runServer, startServer, type StartServerOptions, type TestServer } from '#tests/support/server/start-server.ts'
import { SyncSocket } from '#tests/support/server/sync-socket.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '#tests/support/server/temporary-folder.ts'

/** The server as its owner meets it: options, the data folder, starting and ending. */
let folder: TemporaryFolder
let running: TestServer[] = []

beforeEach(async () => {
  folder = await makeTemporaryFolder()
  running = []
})
afterEach(async () => {
  for (const server of running) await server.kill()
  await folder.remove()
})

const start = async (options: StartServerOptions = {}): Promise<TestServer> => {
  const server = await startServer({ dataDir: folder.path, ...options })
  running.push(server)
  return server
}

describe('options', () => {
  it('a wrong one is named on stderr, and nothing is made', async () => {
    const data = join(folder.path, 'data')
    const { code, stdout, stderr } = await runServer(['--data', data, '--port', 'banana'])
    expect(stderr).toMatch(/^naryad-server: --port must be a number/)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(await readdir(folder.path)).toEqual([])
  })

  it('takes the environment where no argument says otherwise', async () => {
    const server = await start({
      env: { NARYAD_ORIGIN: 'https://one.example https://two.example', NARYAD_SEED: 'demo' },
    })
    for (const origin of ['https://one.example', 'https://two.example'])
      expect((await call(server.url, 'GET', '/healthz', { headers: { origin } })).status).toBe(200)
    await signInAs(server.url, 'dispatcher')
  })

  it('prints its usage', async () => {
    const { code, stdout } = await runServer(['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--data FOLDER')
  })
})

describe('the data folder', () => {
  it('belongs to one server at a time', async () => {
    await start()
    const second = await runServer(['--data', folder.path, '--port', '0'])
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/in use by another server/)
  })

  it('is free again after the server was killed', async () => {
    await (await start()).kill()
    const next = await start()
    expect((await call(next.url, 'GET', '/readyz')).status).toBe(200)
  })

  it('that is a file, or whose log is none, is refused with its name', async () => {
    const file = join(folder.path, 'file')
    await writeFile(file, 'x')
    const onFile = await runServer(['--data', file, '--port', '0'])
    expect(onFile.code).toBe(1)
    expect(onFile.stderr).toContain(file)
    const data = join(folder.path, 'data')
    await mkdir(data)
    await writeFile(join(data, 'log.sqlite'), 'not a database at all, but long enough to be looked at'.repeat(100))
    const onGarbage = await runServer(['--data', data, '--port', '0'])
    expect(onGarbage.code).toBe(1)
    expect(onGarbage.stderr).toContain('log.sqlite')
    expect(await readFile(join(data, 'log.sqlite'), 'utf8')).toMatch(/^not a database/)
  })

  it('is made with those above it; one that can not be made is refused, not tried for ever', async () => {
    const nested = join(folder.path, 'one', 'two')
    await (await start({ dataDir: nested })).stop()
    if (process.platform !== 'win32') expect((await stat(join(folder.path, 'one'))).mode & 0o777).toBe(0o700)
    // Only Linux has a folder that says of what it does not take that it is absent.
    const impossible = process.platform === 'linux' ? '/proc/nope/data' : join(nested, 'secret.key', 'data')
    const { code, stderr } = await runServer(['--data', impossible, '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain(`the data folder ${impossible} can not be used`)
  })

  it('keeps its key to itself, and a spoilt one is not replaced', async () => {
    const server = await start()
    const key = join(folder.path, 'secret.key')
    if (process.platform !== 'win32') expect((await stat(key)).mode & 0o777).toBe(0o600)
    expect(await server.stop()).toBe(0)
    await chmod(key, 0o600)
    await writeFile(key, 'short')
    const { code, stderr } = await runServer(['--data', folder.path, '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('secret.key')
  })

  it('gets a first administrator whose password is in a file', async () => {
    const server = await start()
    const password = (await readFile(join(folder.path, 'admin-password.txt'), 'utf8')).trim()
    const { user } = await signInAs(server.url, 'admin', password)
    expect(user.permissions).toContain('admin.users')
    expect(server.log()).not.toContain(password)
    await server.stop()
    const again = await start()
    await signInAs(again.url, 'admin', password)
  })

  it('in use of another port says so', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runServer(['--data', folder.path, '--port', String(port)])
    other.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/the port is in use/)
  })
})

describe('the demonstration', () => {
  it('is made once, and what was done in it stays', { timeout: 60_000 }, async () => {
    const first = await start({ seed: 'demo' })
    const token = (await signInAs(first.url, 'dispatcher')).accessToken
    const fields = { title: 'Сделано после' }
    const command = {
      id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      type: 'ticket.create',
      writtenAt: '2026-01-01T10:00:00Z',
      fields,
    }
    expect((await call(first.url, 'POST', '/api/commands', { token, body: command })).status).toBe(200)
    await first.kill()
    const second = await start({ seed: 'demo', args: ['--restored'] })
    // The session survives too: it is a record of the store.
    const { status, body } = await call(second.url, 'GET', '/api/tickets/01ARZ3NDEKTSV4RRFFQ69G5FAV', { token })
    expect(status).toBe(200)
    expect(body).toMatchObject({ ticket: { fields } })
    expect((await call(second.url, 'POST', '/api/commands', { token, body: command })).body).toMatchObject({ ok: true })
    const socket = await SyncSocket.open(second.url)
    socket.hello(token)
    expect((await socket.until('WELCOME')).welcome.epoch).toBe(2)
    socket.webSocket.terminate()
  })

  it('that was interrupted starts anew', { timeout: 60_000 }, async () => {
    await writeFile(join(folder.path, 'log.sqlite.seeding'), 'half of a log')
    await writeFile(join(folder.path, 'log.sqlite.seeding-wal'), 'and its tail')
    const server = await start({ seed: 'demo' })
    await signInAs(server.url, 'customer2')
    expect((await readdir(folder.path)).filter((name) => name.includes('seeding'))).toEqual([])
  })
})

describe('ending', () => {
  it('on SIGTERM tells its clients, lets go of everything and ends with 0', async () => {
    const server = await start({ seed: 'demo' })
    const { accessToken } = await signInAs(server.url, 'dispatcher')
    const socket = await SyncSocket.open(server.url)
    socket.hello(accessToken)
    await socket.until('WELCOME')
    // Connections that say nothing must not hold it.
    const idle = connect(server.port, '127.0.0.1')
    idle.on('error', () => {})
    await new Promise((resolve) => idle.once('connect', resolve))
    expect(await server.stop()).toBe(0)
    expect(await socket.closed).toBe(closeCodes.restart)
    expect(socket.frames.at(-1)).toEqual({ type: 'SHUTDOWN' })
    idle.destroy()
    // Everything is in the one file that a backup copies.
    expect((await readdir(folder.path)).filter((name) => name.endsWith('-wal'))).toEqual([])
  })
})
