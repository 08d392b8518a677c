/**
 * Time, timers and randomness of the process, lent to a simulation while it runs. Must be imported before anything else
 * of a test: packages take `Date.now` and `getRandomValues` when they are loaded.
 */
import { createHash, webcrypto } from 'node:crypto'

export type TimerId = { readonly virtual: number }

/** Who answers for time and chance while a simulation runs. */
export type VirtualHost = {
  nowMs(): number
  setTimer(callback: () => void, delayMs: number, repeat: boolean): TimerId
  clearTimer(id: TimerId): void
  random(): number
  fill(bytes: Uint8Array): void
}

let host: VirtualHost | undefined

/** Lends the globals to `next`; the returned function gives them back. */
export function lendGlobals(next: VirtualHost): () => void {
  if (host) throw new Error('one simulation at a time')
  host = next
  // Every provider listens for the end of the process; those of crashed clients never leave.
  const listeners = new Set(process.listeners('exit'))
  const maxListeners = process.getMaxListeners()
  process.setMaxListeners(0)
  return () => {
    host = undefined
    for (const listener of process.listeners('exit')) if (!listeners.has(listener)) process.off('exit', listener)
    process.setMaxListeners(maxListeners)
  }
}

const RealDate = Date
const realNow = Date.now
const realRandom = Math.random
const realPerformanceNow = performance.now.bind(performance)
const realGetRandomValues = webcrypto.getRandomValues.bind(webcrypto)
const real = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate }

/** Lets the real event loop turn once, whatever is lent. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void real.setImmediate(resolve))
}

/** The machine's own time in ms, for measuring. */
export function wallMs(): number {
  return realPerformanceNow()
}

const now = (): number => (host ? host.nowMs() : realNow())

RealDate.now = now
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
})
performance.now = () => (host ? host.nowMs() : realPerformanceNow())
Math.random = () => (host ? host.random() : realRandom())

Object.defineProperty(webcrypto, 'getRandomValues', {
  configurable: true,
  value: <View extends ArrayBufferView>(view: View): View => {
    if (!host) return realGetRandomValues(view as never)
    host.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    return view
  },
})

// The real one answers from another thread, at a time of its own.
const realDigest = webcrypto.subtle.digest.bind(webcrypto.subtle)
Object.defineProperty(webcrypto.subtle, 'digest', {
  configurable: true,
  value: (algorithm: string, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => {
    if (!host) return realDigest(algorithm, data)
    const hash = createHash(algorithm.replace('-', '')).update(new Uint8Array(data)).digest()
    return Promise.resolve(new Uint8Array(hash).buffer)
  },
})

type Callback = (...args: unknown[]) => void

const isVirtual = (id: unknown): id is TimerId => typeof id === 'object' && id !== null && 'virtual' in id

function replaceTimer(name: 'setTimeout' | 'setInterval' | 'setImmediate', repeat: boolean): void {
  const replacement = (callback: Callback, ...rest: unknown[]): unknown => {
    if (!host) return (real[name] as (...args: unknown[]) => unknown)(callback, ...rest)
    const [delay, ...args] = name === 'setImmediate' ? [0, ...rest] : rest
    return host.setTimer(() => callback(...args), typeof delay === 'number' ? delay : 0, repeat)
  }
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: replacement })
}

function replaceClear(name: 'clearTimeout' | 'clearInterval' | 'clearImmediate'): void {
  const replacement = (id: unknown): void => {
    if (isVirtual(id)) host?.clearTimer(id)
    else (real[name] as (id: unknown) => void)(id)
  }
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value: replacement })
}

replaceTimer('setTimeout', false)
replaceTimer('setInterval', true)
replaceTimer('setImmediate', false)
for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) replaceClear(name)
