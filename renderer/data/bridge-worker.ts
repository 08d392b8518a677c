import type { Settings } from '#common/ipc.ts'
import type { Actions, ActionName } from './api.ts'
import type { PlatformCallName, PlatformCalls, ToPage, ToWorker, Wire } from './bridge-protocol.ts'
import type { Watches } from './queries/watches.ts'
import type { WatchRequest } from './queries/start-watch.ts'
import { makePatch, share } from './snapshot-patch.ts'

/** The page's platform as the worker calls it. */
export type RemotePlatform = {
  call<Name extends PlatformCallName>(
    name: Name,
    ...given: Parameters<PlatformCalls[Name]>
  ): ReturnType<PlatformCalls[Name]>
}

export type Served = { watches: Watches; act: Actions; wake(): void }

/**
 * The worker's end of the bridge. What it serves is made by `serve`, which gets the page's platform and the settings that
 * the page began with; messages that come before it is made wait.
 */
export function serveBridge(
  wire: Wire<ToPage, ToWorker>,
  serve: (platform: RemotePlatform, settings: Settings) => Served,
): void {
  const calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const watches = new Map<number, () => void>()
  let lastCall = 0
  let begin: (settings: Settings) => void

  const platform = {
    call: (name: PlatformCallName, ...given: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++lastCall
        calls.set(id, { resolve, reject })
        wire.post({ type: 'platform-call', id, name, arguments: given })
      }),
    // Page and worker are built from the same types; the answers are the platform's own.
  } as unknown as RemotePlatform

  const served = new Promise<Settings>((resolve) => (begin = resolve)).then((settings) => serve(platform, settings))
  served.catch((error: unknown) => wire.post({ type: 'failed', message: messageOf(error) }))

  function startWatch({ watches: source }: Served, id: number, request: WatchRequest): void {
    let last: unknown
    const stop = source.start(request, (snapshot) => {
      const next = share(last, snapshot)
      if (Object.is(next, last)) return
      wire.post({ type: 'snapshot', id, patch: makePatch(last, next) })
      last = next
    })
    watches.set(id, stop)
  }

  async function act({ act: actions }: Served, id: number, name: ActionName, input: unknown): Promise<void> {
    try {
      const action = actions[name] as (input: unknown) => Promise<unknown>
      wire.post({ type: 'acted', id, value: await action(input) })
    } catch (error) {
      wire.post({ type: 'act-failed', id, message: messageOf(error) })
    }
  }

  function settle(id: number, outcome: { value: unknown } | { message: string }): void {
    const call = calls.get(id)
    calls.delete(id)
    if ('value' in outcome) call?.resolve(outcome.value)
    else call?.reject(new Error(outcome.message))
  }

  wire.onMessage((message) => {
    switch (message.type) {
      case 'begin':
        return begin(message.settings)
      case 'platform-answer':
        return settle(message.id, { value: message.value })
      case 'platform-failure':
        return settle(message.id, { message: message.message })
      case 'are-you-there':
        return wire.post({ type: 'here' })
      default:
        // A failed start was told above; the page throws this worker away.
        void served.then(
          (all) => take(all, message),
          () => undefined,
        )
    }
  })

  type Work = Extract<ToWorker, { type: 'watch' | 'unwatch' | 'act' | 'wake' }>
  function take(all: Served, message: Work): void {
    switch (message.type) {
      case 'watch':
        return startWatch(all, message.id, { name: message.name, argument: message.argument } as WatchRequest)
      case 'unwatch':
        watches.get(message.id)?.()
        watches.delete(message.id)
        return
      case 'act':
        void act(all, message.id, message.name, message.input)
        return
      case 'wake':
        return all.wake()
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
