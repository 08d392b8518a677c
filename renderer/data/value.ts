/** A value that tells when it changed. `subscribe` returns the disposer. */
export type Value<T> = { get(): T; subscribe(listener: () => void): () => void }

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
