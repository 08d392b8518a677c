import { beforeEach, describe, expect, it } from 'vitest'
import type { Settings } from '#common/ipc.ts'
import type { Actions, InboxSnapshot } from '#renderer/data/api.ts'
import { createPageBridge, type PageBridge } from '#renderer/data/bridge-page.ts'
import type { PlatformCalls, ToPage, ToWorker, Wire } from '#renderer/data/bridge-protocol.ts'
import { serveBridge, type RemotePlatform, type Served } from '#renderer/data/bridge-worker.ts'
import type { WatchRequest } from '#renderer/data/queries/start-watch.ts'
import { ManualClock } from '#tests/support/server-core/manual-clock.ts'

/** Both ends over structured clones, as postMessage makes them; a cut wire carries nothing any more. */
function createWires(): { page: Wire<ToWorker, ToPage>; worker: Wire<ToPage, ToWorker>; cut(): void } {
  const toPage = new Set<(message: ToPage) => void>()
  const toWorker = new Set<(message: ToWorker) => void>()
  let isCut = false
  const carry =
    <Message>(listeners: Set<(message: Message) => void>) =>
    (message: Message) => {
      const copy = structuredClone(message)
      queueMicrotask(() => {
        if (!isCut) for (const listener of listeners) listener(copy)
      })
    }
  return {
    page: { post: carry(toWorker), onMessage: (listener) => void toPage.add(listener) },
    worker: { post: carry(toPage), onMessage: (listener) => void toWorker.add(listener) },
    cut: () => (isCut = true),
  }
}

const inbox = (total: number): InboxSnapshot => ({ rows: [], total, unread: 0, unreadChats: 0, ready: true })
const settings: Settings = { theme: 'system', language: 'ru', servers: [], deviceId: 'device' }
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

type FakeWatches = { emits: Map<string, (snapshot: unknown) => void>; ended: string[] }

function fakeServed(platformSeen: (platform: RemotePlatform) => void, watches: FakeWatches, act: Partial<Actions>) {
  return (platform: RemotePlatform): Served => {
    platformSeen(platform)
    return {
      watches: {
        start(request: WatchRequest, emit: (snapshot: unknown) => void) {
          const key = `${request.name} ${JSON.stringify(request.argument)}`
          watches.emits.set(key, emit)
          return () => void watches.ended.push(key)
        },
        view: { get: () => null, subscribe: () => () => {} },
        dispose: () => {},
      },
      act: act as Actions,
      wake: () => watches.ended.push('woken'),
    }
  }
}

describe('the bridge between page and worker', () => {
  const clock = new ManualClock()
  let watches: FakeWatches
  let platform: RemotePlatform
  let page: PageBridge
  let wires: ReturnType<typeof createWires>
  let badges: number[]
  let failures: string[]

  function connect(act: Partial<Actions> = {}): void {
    wires = createWires()
    watches = { emits: new Map(), ended: [] }
    serveBridge(
      wires.worker,
      fakeServed((given) => (platform = given), watches, act),
    )
    page.connect(wires.page, Promise.resolve(settings))
  }

  beforeEach(() => {
    badges = []
    failures = []
    const calls: Partial<PlatformCalls> = {
      setBadge: async (count) => void badges.push(count),
      'notifications.show': () => Promise.reject(new Error('no service')),
    }
    page = createPageBridge({
      clock,
      platform: calls as PlatformCalls,
      onHere: () => {},
      onFailed: (message) => failures.push(message),
    })
  })

  it('gives one value per name and arguments, and keeps it while somebody listens', async () => {
    connect()
    const first = page.data.watch('inbox', { filter: 'all', limit: 10 })
    const second = page.data.watch('inbox', { filter: 'all', limit: 10 })
    const heard: number[] = []
    const stop = first.subscribe(() => heard.push(first.get()?.total ?? -1))
    second.subscribe(() => {})
    expect(first.get()).toBeUndefined()
    await settled()
    expect([...watches.emits.keys()]).toEqual(['inbox {"filter":"all","limit":10}'])
    watches.emits.get('inbox {"filter":"all","limit":10}')?.(inbox(1))
    await settled()
    expect(second.get()).toEqual(inbox(1))
    expect(first.get()).toBe(second.get())
    stop()
    await clock.advance(5_000)
    await settled()
    expect(watches.ended).toEqual([])
    expect(heard).toEqual([1])
  })

  it('ends a watch nobody listens to after a moment, and begins it again when asked', async () => {
    connect()
    const watched = page.data.watch('queue', null)
    const stop = watched.subscribe(() => {})
    await settled()
    stop()
    const again = watched.subscribe(() => {})
    await clock.advance(5_000)
    await settled()
    expect(watches.ended).toEqual([])
    again()
    await clock.advance(5_000)
    await settled()
    expect(watches.ended).toEqual(['queue null'])
    expect(watched.get()).toBeUndefined()
    watched.subscribe(() => {})
    await settled()
    watches.emits.get('queue null')?.([])
    await settled()
    expect(watched.get()).toEqual([])
  })

  it('carries actions, their answers and their exceptions', async () => {
    connect({
      cancelQueued: ({ id }) => Promise.resolve(id === 'yes'),
      markAllRead: () => Promise.reject(new TypeError('broken')),
    })
    expect(await page.data.act.cancelQueued({ id: 'yes' })).toBe(true)
    expect(await page.data.act.cancelQueued({ id: 'no' })).toBe(false)
    await expect(page.data.act.markAllRead(null)).rejects.toThrow('broken')
  })

  it('relays calls of the platform and their failures', async () => {
    connect()
    await platform.call('setBadge', 3)
    expect(badges).toEqual([3])
    const request = { tag: 't', title: 'a', body: 'b', path: '/chats' }
    await expect(platform.call('notifications.show', request)).rejects.toThrow('no service')
  })

  it('goes on with a new worker: watches again, answers what waited, keeps what is shown until then', async () => {
    let never: (() => void) | undefined
    connect({ postMessage: () => new Promise((resolve) => (never = () => resolve({ ok: true, value: { id: 'x' } }))) })
    const watched = page.data.watch('inbox', { filter: 'all', limit: 10 })
    watched.subscribe(() => {})
    await settled()
    watches.emits.get('inbox {"filter":"all","limit":10}')?.(inbox(1))
    const posted = page.data.act.postMessage({ ticketId: 'T1', to: ['customer'], text: 'a' })
    await settled()
    expect(never).toBeDefined()

    wires.cut()
    page.disconnect()
    expect(await posted).toEqual({ ok: false, reason: { kind: 'not-saved', detail: 'the data worker ended' } })
    expect(watched.get()?.total).toBe(1)
    const asked = page.data.act.cancelQueued({ id: 'yes' })

    connect({ cancelQueued: () => Promise.resolve(true) })
    await settled()
    expect(await asked).toBe(true)
    expect(watched.get()?.total).toBe(1)
    watches.emits.get('inbox {"filter":"all","limit":10}')?.(inbox(2))
    await settled()
    expect(watched.get()).toEqual(inbox(2))
  })

  it('says when the worker can not go on', async () => {
    wires = createWires()
    page.connect(wires.page, Promise.resolve(settings))
    serveBridge(wires.worker, () => {
      throw new Error('no memory')
    })
    await settled()
    expect(failures).toEqual(['Error: no memory'])
  })

  it('says when there are no settings to begin with, unless another worker has come meanwhile', async () => {
    const connectWithout = () => page.connect(createWires().page, Promise.reject(new Error('no settings')))
    connectWithout()
    page.disconnect()
    await settled()
    expect(failures).toEqual([])
    connectWithout()
    await settled()
    expect(failures).toEqual(['Error: no settings'])
  })
})
