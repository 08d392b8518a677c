import type { Clock } from '#common/domain/clock.ts'
import type { FillRandom } from '#common/domain/ids.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'
import type { MediaSnapshot } from '../media-api.ts'
import { createBackoff, type Backoff } from '../sync/backoff.ts'
import type { SocketState } from '../sync/multiplexed-socket.ts'
import { createValue, type SettableValue, type Value } from '../value.ts'
import { downloadFile, type DownloadNeeds } from './download-file.ts'
import type { WantedMedia } from './media-view.ts'

const downloadsAtOnce = 4
/** So many attempts while online, and it is said that it does not work. */
const mostAttempts = 5
const retry = { baseMs: 1_000, capMs: 15_000 }
const tellMs = 200

export type MediaCacheOptions = {
  clock: Clock
  fillRandom: FillRandom
  needs: DownloadNeeds
  socket: { state: Value<SocketState> }
  /** Where an unsent file of this device is shown from; undefined for any other. */
  localUrl(sha256: string, variant: MediaVariant): string | undefined
}

type Entry = WantedMedia & {
  value: SettableValue<MediaSnapshot>
  watchers: number
  /** Later wishes come first: they are what is on screen now. */
  order: number
  attempts: number
  work: AbortController | null
  cancelPause: (() => void) | null
}

/** Pictures and videos of messages: brought here when somebody looks at them, kept by the media folder as long as it has room. */
export class MediaCache {
  private readonly options: MediaCacheOptions
  private readonly entries = new Map<string, Entry>()
  private readonly backoff: Backoff
  private readonly stopListening: () => void
  private lastOrder = 0
  private isStopped = false

  constructor(options: MediaCacheOptions) {
    this.options = options
    this.backoff = createBackoff(retry, options.fillRandom)
    this.stopListening = options.socket.state.subscribe(() => this.connectionChanged())
  }

  /** Shows it, and brings it here when it is not. */
  watch(wanted: WantedMedia): { value: Value<MediaSnapshot>; dispose(): void } {
    const entry = this.entryOf(wanted)
    // What one chat's rights do not show another's may.
    if (entry.room !== wanted.room && entry.value.get().state === 'failed') this.reload(wanted)
    entry.watchers++
    entry.order = ++this.lastOrder
    let isDisposed = false
    return {
      value: entry.value,
      dispose: () => {
        if (isDisposed) return
        isDisposed = true
        entry.watchers--
        if (entry.watchers === 0) this.leave(entry)
      },
    }
  }

  /** Brings it here though nobody looks at it yet; gives way to what somebody looks at. */
  prefetch(wanted: WantedMedia): void {
    this.entryOf(wanted)
  }

  /** Looks anew: it failed, was removed, or is in another place now. */
  reload(wanted: Pick<WantedMedia, 'sha256'> & Partial<WantedMedia>): void {
    for (const entry of this.entries.values()) {
      const isMeant =
        entry.sha256 === wanted.sha256 && (wanted.variant === undefined || entry.variant === wanted.variant)
      if (!isMeant || entry.work !== null) continue
      entry.attempts = 0
      entry.cancelPause?.()
      entry.cancelPause = null
      if (wanted.room !== undefined) entry.room = wanted.room
      void this.find(entry)
    }
  }

  /** Resolves when it is here; false when it can't be brought here now. */
  async bring(wanted: WantedMedia): Promise<boolean> {
    const { value, dispose } = this.watch(wanted)
    this.reload(wanted)
    let stopLooking = (): void => undefined
    try {
      return await new Promise<boolean>((resolve) => {
        const look = (): void => {
          const { state } = value.get()
          if (state === 'ready') resolve(true)
          if (state === 'failed' || state === 'absent') resolve(false)
        }
        stopLooking = value.subscribe(look)
        void this.find(this.entryOf(wanted)).then(look)
      })
    } finally {
      stopLooking()
      dispose()
    }
  }

  stop(): void {
    this.isStopped = true
    this.stopListening()
    for (const entry of this.entries.values()) {
      entry.cancelPause?.()
      entry.work?.abort()
    }
    this.entries.clear()
  }

  private entryOf(wanted: WantedMedia): Entry {
    const key = `${wanted.sha256}.${wanted.variant}`
    const known = this.entries.get(key)
    if (known) return known
    const value = createValue<MediaSnapshot>({ state: 'waiting' })
    const entry: Entry = { ...wanted, value, watchers: 0, order: 0, attempts: 0, work: null, cancelPause: null }
    this.entries.set(key, entry)
    void this.find(entry)
    return entry
  }

  private leave(entry: Entry): void {
    // A small picture is wanted again soon; of a whole one what came so far stays in the folder.
    if (entry.work && entry.variant === 'thumb') return
    entry.work?.abort()
    entry.cancelPause?.()
    this.entries.delete(`${entry.sha256}.${entry.variant}`)
  }

  /** Here already? Otherwise it is asked for. */
  private async find(entry: Entry): Promise<void> {
    const { sha256, variant } = entry
    const { localUrl, needs } = this.options
    const local = localUrl(sha256, variant)
    if (local !== undefined) return this.show(entry, { state: 'ready', url: local })
    const { account, ports } = needs
    const known = await ports.folder.cache.state(account, sha256, variant).catch(() => ({ state: 'none' as const }))
    if (this.isStopped || entry.work !== null) return
    if (known.state === 'whole') {
      // What was only to be brought here is found again when somebody looks at it.
      if (entry.watchers === 0) this.entries.delete(`${sha256}.${variant}`)
      return this.show(entry, { state: 'ready', url: ports.folder.cacheUrl(account, sha256, variant) })
    }
    this.show(entry, { state: this.isOnline() ? 'waiting' : 'absent' })
    this.pump()
  }

  private connectionChanged(): void {
    const isOnline = this.isOnline()
    if (isOnline) this.backoff.reset()
    for (const entry of this.entries.values()) {
      const { state } = entry.value.get()
      if (!isOnline) entry.work?.abort()
      else if (state === 'failed' && entry.value.get() === unreachable) void this.find(entry)
      if (state === 'waiting' || state === 'absent' || state === 'loading')
        this.show(entry, { state: isOnline ? 'waiting' : 'absent' })
    }
    this.pump()
  }

  private isOnline(): boolean {
    return this.options.socket.state.get() === 'online'
  }

  private pump(): void {
    if (this.isStopped || !this.isOnline()) return
    const entries = [...this.entries.values()]
    let running = entries.filter(({ work }) => work !== null).length
    const due = entries
      .filter(
        ({ work, cancelPause, value }) => work === null && cancelPause === null && value.get().state === 'waiting',
      )
      .sort((one, other) => rankOf(one) - rankOf(other) || other.order - one.order)
    for (const entry of due) {
      if (running >= downloadsAtOnce) return
      running++
      void this.load(entry)
    }
  }

  private async load(entry: Entry): Promise<void> {
    const { clock, needs } = this.options
    const work = new AbortController()
    entry.work = work
    let toldAt = -Infinity
    const onProgress = (progress: number): void => {
      if (clock.nowMs() - toldAt < tellMs || entry.work !== work) return
      toldAt = clock.nowMs()
      this.show(entry, { state: 'loading', progress })
    }
    const outcome = await downloadFile(needs, entry, onProgress, work.signal)
    entry.work = null
    if (this.isStopped) return
    if (outcome.state === 'done') await this.find(entry)
    else if (outcome.state === 'failed') this.show(entry, outcome)
    else this.interrupted(entry, work.signal.aborted)
    // Nobody waits for it any more: it is found in the folder when somebody does.
    if (entry.watchers === 0 && entry.value.get().state !== 'waiting')
      this.entries.delete(`${entry.sha256}.${entry.variant}`)
    this.pump()
  }

  private interrupted(entry: Entry, wasStopped: boolean): void {
    if (!this.isOnline()) return this.show(entry, { state: 'absent' })
    if (!wasStopped) entry.attempts++
    if (entry.attempts >= mostAttempts) return this.show(entry, unreachable)
    this.show(entry, { state: 'waiting' })
    entry.cancelPause = this.options.clock.after(wasStopped ? 0 : this.backoff.nextDelayMs(), () => {
      entry.cancelPause = null
      this.pump()
    })
  }

  private show(entry: Entry, snapshot: MediaSnapshot): void {
    if (JSON.stringify(entry.value.get()) !== JSON.stringify(snapshot)) entry.value.set(snapshot)
  }
}

const unreachable: MediaSnapshot = { state: 'failed', reason: 'unreachable' }

/** What somebody looks at, small before whole; then what nobody looks at yet. */
function rankOf({ watchers, variant }: Entry): number {
  return (watchers > 0 ? 0 : 2) + (variant === 'thumb' ? 0 : 1)
}
