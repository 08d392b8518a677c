import { expect, test } from 'vitest'
import { calls, type CallName, type EventName, type NaryadBridge } from '#common/ipc.ts'
import { createDesktopPlatform } from '#renderer/platform/desktop.ts'

const account = '0123456789abcdef'
const hash = 'ab'.repeat(32)

/** A bridge that notes what is called and lets a test raise events. */
function createBridge() {
  const called: { name: CallName; argument: unknown }[] = []
  const listeners = new Map<EventName, Set<(payload: never) => void>>()
  const bridge = {
    call: async (name: CallName, argument: unknown) => {
      called.push({ name, argument })
    },
    adoptFiles: async (_account: string, files: File[]) =>
      files.map(({ name, size }) => ({ ok: true, sha256: hash, name, size, type: 'image/jpeg' })),
    on: (name: EventName, listener: (payload: never) => void) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
  } as unknown as NaryadBridge
  const raise = (name: EventName, payload: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(payload as never)
  }
  return { bridge, called, raise }
}

test('everything the app asks of its machine goes out as the main process reads it', async () => {
  const { bridge, called } = createBridge()
  const platform = createDesktopPlatform(bridge)
  const server = 'https://naryad.example.ru'
  await platform.information()
  await platform.settings.read()
  await platform.settings.write({ theme: 'dark', listWidth: 320 })
  await platform.credentials.read(server)
  await platform.credentials.store({ server, login: 'kovaleva', refreshToken: 'token' })
  await platform.credentials.clear(server)
  await platform.journal.read('0123456789abcdef')
  await platform.journal.write('0123456789abcdef', [{ kind: 'draft', id: 'chat.t1.customer', value: '"text"' }])
  await platform.notifications.show({ tag: 't', title: 'Title', body: 'Body', path: '/chats/t1/customer' })
  await platform.notifications.withdraw('t')
  await platform.discardDatabases()
  await platform.setBadge(7)
  await platform.openLink('https://example.ru')
  await platform.writeClipboard('text')
  await platform.saveText('Журнал изменений.csv', 'a,b')
  await platform.window?.control('minimize')
  await platform.media.pick(account)
  await platform.media.list(account)
  await platform.media.forget(account, [hash])
  await platform.media.release(account, [hash])
  await platform.media.cache.state(account, hash, 'thumb')
  await platform.media.cache.write({
    account,
    sha256: hash,
    variant: 'full',
    offset: 0,
    total: 3,
    bytes: new Uint8Array([1, 2, 3]),
  })
  await platform.media.cache.forget(account)
  await platform.media.saveAs(account, hash, 'клапан.jpg')
  await platform.media.showInFolder(account, hash)
  await platform.media.useCamera(true)
  // What is made in the page goes to the preload script as a file, which hands it over in pieces.
  expect(await platform.media.adopt(account, 'клапан.jpg', new Uint8Array([1]))).toMatchObject({
    ok: true,
    sha256: hash,
  })
  const byThePage = Object.keys(calls).filter((name) => name !== 'media.adopt')
  expect(called.map(({ name }) => name).sort()).toEqual(byThePage.sort())
  for (const { name, argument } of called) expect(calls[name].safeParse(argument).success, name).toBe(true)
})

test('what the machine tells arrives until the listener is taken away', () => {
  const { bridge, raise } = createBridge()
  const platform = createDesktopPlatform(bridge)
  const heard: unknown[] = []
  const disposers = [
    platform.onOpenPath((path) => heard.push(path)),
    platform.onWindowState((state) => heard.push(state)),
    platform.onPowerResumed(() => heard.push('resumed')),
  ]
  raise('open-path', '/queue')
  raise('window-state', { focused: true, maximized: false })
  raise('power-resumed', undefined)
  for (const dispose of disposers) dispose()
  raise('open-path', '/chats')
  raise('power-resumed', undefined)
  expect(heard).toEqual(['/queue', { focused: true, maximized: false }, 'resumed'])
})
