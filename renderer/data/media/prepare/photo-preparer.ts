import type { Clock } from '#common/domain/clock.ts'
import type { PhotoOutcome } from './prepare-photo.ts'
import type { PhotoAnswer, PhotoRequest } from './photo-worker.ts'

export type PhotoPreparer = (source: Blob, original: boolean) => Promise<PhotoOutcome>

/** The part of a `Worker` that is used here. */
export type PhotoWorker = {
  post(request: PhotoRequest): void
  onAnswer(listener: (answer: PhotoAnswer) => void): void
  onError(listener: () => void): void
  end(): void
}

/** No photo takes this long, on the slowest machine: its worker hangs. */
const longestMs = 90_000
/** A worker that has nothing to do gives back the memory of the photos it drew. */
const idleMs = 20_000

export function startPhotoWorker(): PhotoWorker {
  const worker = new Worker(new URL('./photo-worker.ts', import.meta.url), { type: 'module', name: 'naryad-photos' })
  return {
    post: (request) => worker.postMessage(request),
    onAnswer: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<PhotoAnswer>) => listener(data)
    },
    onError: (listener) => {
      worker.onerror = listener
    },
    end: () => worker.terminate(),
  }
}

/** Prepares photos one after the other in a worker, which is started when it is needed and replaced when it fails or hangs. */
export function createPhotoPreparer(clock: Clock, start: () => PhotoWorker): PhotoPreparer {
  let worker: PhotoWorker | null = null
  let lastId = 0
  let last: Promise<unknown> = Promise.resolve()
  let cancelIdle: (() => void) | null = null

  function end(): void {
    worker?.end()
    worker = null
  }

  function prepare(source: Blob, original: boolean): Promise<PhotoOutcome> {
    cancelIdle?.()
    const current = (worker ??= start())
    const id = ++lastId
    return new Promise((resolve) => {
      const finish = (outcome: PhotoOutcome) => {
        cancelDeadline()
        cancelIdle = clock.after(idleMs, end)
        resolve(outcome)
      }
      const fail = () => {
        end()
        finish({ ok: false, reason: 'unreadable' })
      }
      const cancelDeadline = clock.after(longestMs, fail)
      current.onError(fail)
      current.onAnswer((answer) => {
        if (answer.id === id) finish(answer.outcome)
      })
      current.post({ id, source, original })
    })
  }

  return (source, original) => {
    const prepared = last.then(() => prepare(source, original))
    last = prepared
    return prepared
  }
}
