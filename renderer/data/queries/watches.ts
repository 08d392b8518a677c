import type { Clock } from '#common/domain/clock.ts'
import type { SessionSnapshot } from '../api.ts'
import type { ClientCore } from '../client-core.ts'
import type { AccountStores } from '../store/ports.ts'
import type { ProjectionReads } from '../store/projection-reads.ts'
import { createValue, type SettableValue } from '../value.ts'
import type { Standing } from '#common/protocol/http-api.ts'
import { createAccountView, type AccountView } from './account-view.ts'
import { signedOutSnapshot, startAccountWatch, type WatchOfAccount, type WatchRequest } from './start-watch.ts'

type Disposer = () => void

export type Watches = {
  /** Calls `emit` with the first snapshot and each later one, until disposed; also over sign-out and sign-in. */
  start(request: WatchRequest, emit: (snapshot: unknown) => void): Disposer
  /** The signed-in account's rows; null while nobody is. */
  view: { get(): AccountView | null; subscribe(listener: () => void): Disposer }
  dispose(): void
}

function standingOf(session: SessionSnapshot): Standing | null {
  return session.state === 'signed-in' || session.state === 'locked' ? session : null
}

/** Most changes of the session, a lock for example, leave the rights as they are. */
function follow(standing: SettableValue<Standing>, { account, organisation }: Standing): void {
  const known = standing.get()
  if (known.account !== account || known.organisation !== organisation) standing.set({ account, organisation })
}

export function createWatches(
  core: ClientCore,
  clock: Clock,
  readsOf: (stores: AccountStores) => ProjectionReads,
): Watches {
  const view = createValue<AccountView | null>(null)
  let standing: SettableValue<Standing> | null = null

  function renew(): void {
    const told = standingOf(core.session.get())
    const stores = told && core.stores.get()
    const old = view.get()
    if (!stores && old === null) return
    if (stores && told && standing && old?.stores === stores) return follow(standing, told)
    standing = told && createValue(told)
    view.set(stores && standing ? createAccountView({ clock, core, standing, stores, reads: readsOf(stores) }) : null)
    old?.dispose()
  }

  const stops = [core.session.subscribe(renew), core.stores.subscribe(renew)]
  renew()

  function startOfAccount(request: WatchRequest<WatchOfAccount>, emit: (snapshot: unknown) => void): Disposer {
    let stop: Disposer | null = null
    function restart(): void {
      stop?.()
      const current = view.get()
      stop = current ? startAccountWatch(current, request, emit) : null
      if (current || core.session.get().state === 'starting') return
      const empty = signedOutSnapshot(request.name)
      if (empty !== undefined) emit(empty)
    }
    const stops = [view.subscribe(restart), core.session.subscribe(() => view.get() ?? restart())]
    restart()
    return () => {
      stop?.()
      for (const end of stops) end()
    }
  }

  return {
    start(request, emit) {
      if (request.name !== 'session' && request.name !== 'connection' && request.name !== 'notices')
        return startOfAccount(request, emit)
      const value = core[request.name]
      emit(value.get())
      return value.subscribe(() => emit(value.get()))
    },
    view,
    dispose() {
      for (const stop of stops) stop()
      view.get()?.dispose()
    },
  }
}
