/**
 * A port of one run of the app: once `isAlive` says no, calls neither happen nor are answered, as after kill -9. Each call
 * takes a turn before it has its effect, so that a crash can fall in between.
 */
export function mortal<Port extends object>(port: Port, isAlive: () => boolean): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]): Promise<unknown> => {
        await Promise.resolve()
        if (!isAlive()) return new Promise(() => {})
        const answer: unknown = await (member as (...args: unknown[]) => unknown).apply(target, args)
        return isAlive() ? answer : new Promise(() => {})
      }
    },
  })
}
