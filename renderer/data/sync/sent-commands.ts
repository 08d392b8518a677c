import type { Clock } from '#common/domain/clock.ts'
import type { CommandId } from '#common/domain/ids.ts'
import type { OutboxList } from '../commands/outbox-list.ts'

/** Frames of one batch of the server may come as two messages: what is younger than this may still be on its way. */
const togetherMs = 1_000
/** Ids of effects that came before the word that their command was taken. */
const rememberedEffects = 2_000

/** Keeps a taken command in sight until its effect is stored: a message must not vanish between the outbox and its chat. */
export type SentCommands = {
  taken(ids: readonly CommandId[]): void
  /** The effect of these is stored. */
  effects(ids: readonly CommandId[]): void
  /** Everything that came is stored: the effect of what was taken before is here, or can't be seen by this user. */
  settled(): void
  stop(): void
}

export function createSentCommands(clock: Clock, list: OutboxList, isSettled: () => boolean): SentCommands {
  const takenAt = new Map<CommandId, number>()
  const seen = new Set<CommandId>()
  let cancelCheck: (() => void) | null = null

  function arrived(ids: readonly CommandId[]): void {
    for (const id of ids) takenAt.delete(id)
    list.arrived(ids)
  }

  function settled(): void {
    const now = clock.nowMs()
    // Either way: after the device's clock was set back, what was taken before lies in the future.
    arrived([...takenAt].filter(([, at]) => Math.abs(now - at) >= togetherMs).map(([id]) => id))
    checkLater()
  }

  /** Not every command has an effect that names it: a read mark has none. */
  function checkLater(): void {
    if (takenAt.size === 0 || cancelCheck !== null) return
    cancelCheck = clock.after(togetherMs, () => {
      cancelCheck = null
      if (isSettled()) settled()
      else checkLater()
    })
  }

  return {
    taken(ids) {
      const now = clock.nowMs()
      for (const id of ids) takenAt.set(id, now)
      arrived(ids.filter((id) => seen.has(id)))
      checkLater()
    },
    effects(ids) {
      for (const id of ids) seen.add(id)
      for (const id of seen) {
        if (seen.size <= rememberedEffects) break
        seen.delete(id)
      }
      arrived(ids.filter((id) => takenAt.has(id)))
    },
    settled,
    stop() {
      cancelCheck?.()
      cancelCheck = null
    },
  }
}
