import type { FileFailure, UploadProgress } from '../media-api.ts'
import type { OutboxRow } from '../store/ports.ts'
import type { KeptFile } from './kept-file.ts'
import type { UploadedFile } from './upload-file.ts'

/** Small pictures of everything, then photos, then videos. */
const ranks = { poster: 0, photo: 1, video: 2 } as const

type NeededUpload = UploadedFile & { kind: keyof typeof ranks }

/** A file on its way to the server, for all messages that need it. */
export type UploadJob = NeededUpload & {
  state: 'waiting' | 'running' | 'done' | 'failed'
  failure: FileFailure | null
  /** Bytes that went out, as far as is known. */
  sentBytes: number
  /** It was sent from zero once more after the server found other bytes than announced. */
  isSecondTry: boolean
  /** Ends the pause before the next attempt. */
  cancelPause: (() => void) | null
  stop: (() => void) | null
}

/** What a message needs at the server, its files in their order and posters of videos beside them. */
export function uploadsOf({ files = [] }: OutboxRow): NeededUpload[] {
  return files.flatMap(({ name, kind, sent }) => {
    if (sent === null) return []
    const { sha256, size, poster } = sent
    return [
      { sha256, size, name, kind, posterOf: null },
      ...(poster ? [{ ...poster, name, kind: 'poster' as const, posterOf: sha256 }] : []),
    ]
  })
}

export function createJob(file: NeededUpload): UploadJob {
  return {
    ...file,
    state: 'waiting',
    failure: null,
    sentBytes: 0,
    isSecondTry: false,
    cancelPause: null,
    stop: null,
  }
}

/** The most urgent first; among equals the smallest. */
export function byUrgency(one: UploadJob, other: UploadJob): number {
  return ranks[one.kind] - ranks[other.kind] || one.size - other.size
}

export type QueueState = {
  /** All jobs, the most urgent first. */
  jobs: readonly UploadJob[]
  isPaused: boolean
  /** Bytes per ms. */
  pace: number | null
}

/** How far a message's files have got. */
export function progressOf(row: OutboxRow, { jobs, isPaused, pace }: QueueState): UploadProgress {
  const files = (row.files ?? []).filter((file) => file.sent !== null)
  const ofRow = new Map(jobs.map((job) => [job.sha256, job]))
  const own = files.flatMap(({ sent }) => (sent ? (ofRow.get(sent.sha256) ?? []) : []))
  const bytes = files.reduce((sum, { sent }) => sum + (sent?.size ?? 0), 0)
  const failure = own.find((job) => job.failure !== null)?.failure ?? null
  const isRunning = own.some(({ state }) => state === 'running')
  return {
    state: failure === null ? stateOf(isRunning, isPaused) : 'failed',
    filesDone: own.filter(({ state }) => state === 'done').length,
    files: files.length,
    bytesDone: own.reduce((sum, job) => sum + doneBytes(job), 0),
    bytes,
    remainingMs: isRunning && pace !== null ? Math.round(bytesUpTo(jobs, new Set(own)) / pace) : null,
    failure,
    failed: own.filter((job) => job.failure !== null).map(({ name }) => name),
  }
}

/** Of a message whose files failed for good. */
export function failedProgress(files: readonly KeptFile[]): UploadProgress | undefined {
  const failed = files.filter((file) => file.failure !== null)
  const [first] = failed
  if (first === undefined) return undefined
  return {
    state: 'failed',
    filesDone: 0,
    files: files.length,
    bytesDone: 0,
    bytes: files.reduce((sum, { sent }) => sum + (sent?.size ?? 0), 0),
    remainingMs: null,
    failure: first.failure,
    failed: failed.map(({ name }) => name),
  }
}

function stateOf(isRunning: boolean, isPaused: boolean): UploadProgress['state'] {
  if (isRunning) return 'running'
  return isPaused ? 'paused' : 'waiting'
}

function doneBytes({ state, size, sentBytes }: UploadJob): number {
  return state === 'done' ? size : Math.min(sentBytes, size)
}

/** What must still go out until the last of `own` is there: others' files that come before it count too. */
function bytesUpTo(jobs: readonly UploadJob[], own: ReadonlySet<UploadJob>): number {
  let left = 0
  let upToOwn = 0
  for (const job of jobs) {
    left += job.size - doneBytes(job)
    if (own.has(job)) upToOwn = left
  }
  return upToOwn
}
