import type { Clock } from '#common/domain/clock.ts'
import type { ConnectionSnapshot } from '../api.ts'
import type { SettableValue } from '../value.ts'
import type { AccountClient } from './account-client.ts'

export function offlineAtStart(nowMs: number): ConnectionSnapshot {
  return { state: 'offline', offlineSince: nowMs, caughtUpAt: null, syncing: null, queued: 0, refused: 0 }
}

/** Keeps the snapshot of where this device stands towards its server. Returns the disposer. */
export function followConnection(
  clock: Clock,
  { socket, feed, keeper }: Pick<AccountClient, 'socket' | 'feed' | 'keeper'>,
  target: SettableValue<ConnectionSnapshot>,
): () => void {
  let offlineSince: number | null = clock.nowMs()

  function update(): void {
    const state = socket.state.get()
    // After a cut it was offline from the last sign of life on, not only from when that was noticed.
    if (state === 'online') offlineSince = null
    else offlineSince ??= socket.lastReceivedAt() ?? clock.nowMs()
    const next: ConnectionSnapshot = {
      state: state === 'stopped' ? 'offline' : state,
      offlineSince,
      caughtUpAt: feed.caughtUpAt.get(),
      syncing: feed.syncing.get(),
      ...keeper.list.counts(),
    }
    const current = target.get()
    const names = Object.keys(next) as (keyof ConnectionSnapshot)[]
    if (names.some((name) => next[name] !== current[name])) target.set(next)
  }

  const disposers = [socket.state, feed.caughtUpAt, feed.syncing, keeper.list.value].map((value) =>
    value.subscribe(update),
  )
  update()
  return () => {
    for (const dispose of disposers) dispose()
  }
}
