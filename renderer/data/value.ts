import type { Value } from './client-core.ts'

/** A {@link Value} that its owner can set. Listeners are called after the value changed, in the order of subscription. */
export type SettableValue<T> = Value<T> & { set(next: T): void }

export function createValue<T>(initial: T): SettableValue<T> {
  let current = initial
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return
      current = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      // Wrapped, so that the same function can be subscribed twice and each disposer ends one subscription.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
