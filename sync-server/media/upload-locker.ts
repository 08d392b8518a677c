import type { Lock, Locker } from '@tus/server'

type Holder = { release(): void; cancel(): void | Promise<void> }

/**
 * One request at a time for each upload. Who comes second asks the first to end: it may be of a connection that broke without
 * anybody having been told. (The tus server's own locker looks again in every turn of the event loop, which starves everybody.)
 */
export class UploadLocker implements Locker {
  private readonly holders = new Map<string, { holder: Holder; ended: Promise<void> }>()

  newLock(id: string): Lock {
    const { holders } = this
    let own: Holder | undefined
    return {
      async lock(signal, cancel) {
        for (let other = holders.get(id); other; other = holders.get(id)) {
          if (signal.aborted) throw new Error('the request has ended')
          await other.holder.cancel()
          await other.ended
        }
        let release = (): void => {}
        const ended = new Promise<void>((resolve) => (release = resolve))
        own = { release, cancel }
        holders.set(id, { holder: own, ended })
      },
      async unlock() {
        if (holders.get(id)?.holder === own) holders.delete(id)
        own?.release()
      },
    }
  }
}
