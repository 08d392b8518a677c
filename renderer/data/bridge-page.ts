import type { Clock } from '#common/domain/clock.ts'
import type { Settings } from '#common/ipc.ts'
import type { ActionName, Actions, NaryadData, Watchables, Watched, WatchName } from './api.ts'
import type { PlatformCalls, ToPage, ToWorker, Wire } from './bridge-protocol.ts'
import { unansweredAction } from './unanswered-action.ts'
import { applyPatch } from './snapshot-patch.ts'

/** A watch that nobody listens to any more goes on this long: going back and forth costs nothing. */
const lingerMs = 1_000

type Watching = {
  id: number
  name: WatchName
  argument: Watchables[WatchName]['arguments']
  value: unknown
  /** The value is of an earlier worker; the next patch of the new one replaces it. */
  isStale: boolean
  listeners: Set<() => void>
  cancelEnd: (() => void) | null
}

export type PageBridge = {
  data: NaryadData
  /** Goes on with this worker: the first one, or one that takes the place of one that ended. */
  connect(wire: Wire<ToWorker, ToPage>, settings: Promise<Settings>): void
  /** The worker ended: what waits for an answer gets one. */
  disconnect(): void
  wake(): void
  isConnected(): boolean
}

export type PageBridgeNeeds = {
  clock: Clock
  platform: PlatformCalls
  onHere(): void
  onFailed(message: string): void
}

/** The page's end of the bridge: caches watched values by name and arguments, and relays calls of the platform. */
export function createPageBridge({ clock, platform, onHere, onFailed }: PageBridgeNeeds): PageBridge {
  const watching = new Map<string, Watching>()
  const byId = new Map<number, Watching>()
  const actions = new Map<number, { name: ActionName; resolve(value: unknown): void; reject(error: Error): void }>()
  /** Actions and wake-ups asked for while there is no worker. */
  let waiting: ToWorker[] = []
  let post: ((message: ToWorker) => void) | null = null
  let lastId = 0

  function send(message: ToWorker): void {
    if (post) post(message)
    else if (message.type === 'act') waiting.push(message)
  }

  function begin(key: string, name: WatchName, argument: Watchables[WatchName]['arguments']): Watching {
    const id = ++lastId
    const fresh: Watching = {
      id,
      name,
      argument,
      value: undefined,
      isStale: false,
      listeners: new Set(),
      cancelEnd: null,
    }
    watching.set(key, fresh)
    byId.set(id, fresh)
    send({ type: 'watch', id, name, argument })
    return fresh
  }

  function endSoon(key: string, watch: Watching): void {
    watch.cancelEnd = clock.after(lingerMs, () => {
      watching.delete(key)
      byId.delete(watch.id)
      send({ type: 'unwatch', id: watch.id })
    })
  }

  function watched(key: string, name: WatchName, argument: Watchables[WatchName]['arguments']): Watched<unknown> {
    return {
      get: () => watching.get(key)?.value,
      subscribe(listener) {
        const watch = watching.get(key) ?? begin(key, name, argument)
        watch.cancelEnd?.()
        watch.cancelEnd = null
        const own = (): void => listener()
        watch.listeners.add(own)
        return () => {
          if (watch.listeners.delete(own) && watch.listeners.size === 0) endSoon(key, watch)
        }
      },
    }
  }

  function take(message: ToPage): void {
    switch (message.type) {
      case 'snapshot':
        return update(message.id, message.patch)
      case 'acted':
      case 'act-failed': {
        const action = actions.get(message.id)
        actions.delete(message.id)
        if (message.type === 'acted') action?.resolve(message.value)
        else action?.reject(new Error(message.message))
        return
      }
      case 'platform-call':
        return void answer(message.id, message.name, message.arguments)
      case 'here':
        return onHere()
      case 'failed':
        return onFailed(message.message)
    }
  }

  function update(id: number, patch: Extract<ToPage, { type: 'snapshot' }>['patch']): void {
    const watch = byId.get(id)
    if (!watch) return
    watch.value = applyPatch(watch.isStale ? undefined : watch.value, patch)
    watch.isStale = false
    for (const listener of watch.listeners) listener()
  }

  async function answer(id: number, name: keyof PlatformCalls, given: unknown[]): Promise<void> {
    const to = post
    try {
      const call = platform[name] as (...given: unknown[]) => Promise<unknown>
      const value = await call(...given)
      if (to === post) to?.({ type: 'platform-answer', id, value })
    } catch (error) {
      if (to === post)
        to?.({ type: 'platform-failure', id, message: error instanceof Error ? error.message : String(error) })
    }
  }

  const act = new Proxy({} as Actions, {
    get: (_target, name) => (input: unknown) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        actions.set(id, { name: name as ActionName, resolve, reject })
        send({ type: 'act', id, name: name as ActionName, input })
      }),
  })

  return {
    data: {
      watch: (name, argument) =>
        watched(`${name} ${JSON.stringify(argument)}`, name, argument) as Watched<Watchables[typeof name]['snapshot']>,
      act,
    },
    connect(wire, settings) {
      const to = (message: ToWorker): void => wire.post(message)
      post = to
      wire.onMessage(take)
      settings.then(
        (settings) => to({ type: 'begin', settings }),
        (error: unknown) => {
          if (to === post) onFailed(String(error))
        },
      )
      for (const watch of byId.values()) {
        watch.isStale = watch.value !== undefined
        wire.post({ type: 'watch', id: watch.id, name: watch.name, argument: watch.argument })
      }
      const queued = waiting
      waiting = []
      for (const message of queued) wire.post(message)
    },
    disconnect() {
      post = null
      const asked = new Set(waiting.map((message) => ('id' in message ? message.id : 0)))
      for (const [id, { name, resolve }] of actions) {
        if (asked.has(id)) continue
        actions.delete(id)
        resolve(unansweredAction(name))
      }
    },
    wake: () => send({ type: 'wake' }),
    isConnected: () => post !== null,
  }
}
