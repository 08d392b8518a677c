import type { Clock } from '#common/domain/clock.ts'
import type { CommandId, FillRandom } from '#common/domain/ids.ts'
import { refusal, type RefusalCode } from '#common/protocol/refusals.ts'
import type { Keeper } from '../commands/keeper.ts'
import type { ListedRow } from '../commands/outbox-list.ts'
import type { FileFailure, UploadProgress, UploadRules } from '../media-api.ts'
import { createBackoff, type Backoff } from '../sync/backoff.ts'
import type { SocketState } from '../sync/multiplexed-socket.ts'
import { createValue, type Value } from '../value.ts'
import { uploadFile, type UploadNeeds, type UploadOutcome } from './upload-file.ts'
import { byUrgency, createJob, failedProgress, progressOf, uploadsOf, type UploadJob } from './upload-jobs.ts'
import { createUploadPace } from './upload-pace.ts'

/** Progress is told at most this often. */
const tellMs = 250
const retry = { baseMs: 1_000, capMs: 30_000 }
/** The server has no room: an administrator has to make some. */
const fullPauseMs = 60_000

export type UploadsOptions = {
  clock: Clock
  fillRandom: FillRandom
  keeper: Keeper
  needs: UploadNeeds
  socket: { state: Value<SocketState> }
  rules: Value<UploadRules>
  metered: Value<boolean>
}

/**
 * Brings the files of waiting messages to the server, the most urgent first, and lets each message join the line when all of
 * its files are there. Files of held messages go up as well; the messages wait for their release.
 */
export class Uploads {
  /** Of each message that waits for its files, and of each that failed because of them. */
  readonly progress: Value<ReadonlyMap<CommandId, UploadProgress>>
  private readonly shown = createValue<ReadonlyMap<CommandId, UploadProgress>>(new Map())
  private readonly options: UploadsOptions
  private readonly backoff: Backoff
  private readonly pace
  private readonly jobs = new Map<string, UploadJob>()
  private cancelTelling: (() => void) | null = null
  private readonly disposers: (() => void)[]
  private isStopped = false

  constructor(options: UploadsOptions) {
    const { clock, fillRandom, keeper, socket, rules, metered } = options
    this.options = options
    this.progress = this.shown
    this.backoff = createBackoff(retry, fillRandom)
    this.pace = createUploadPace(() => clock.nowMs())
    this.disposers = [
      keeper.list.value.subscribe(() => this.look()),
      socket.state.subscribe(() => this.connectionChanged()),
      rules.subscribe(() => this.pump()),
      metered.subscribe(() => this.pump()),
    ]
    this.look()
  }

  /** Goes on at once with what pauses between two attempts. */
  retryNow(): void {
    for (const job of this.jobs.values()) this.endPause(job)
    this.pump()
  }

  stop(): void {
    this.isStopped = true
    for (const dispose of this.disposers) dispose()
    this.cancelTelling?.()
    for (const job of this.jobs.values()) this.drop(job)
  }

  /** Messages came, went, or are held no more. */
  private look(): void {
    const rows = this.waitingRows()
    const wanted = new Map(rows.flatMap(uploadsOf).map((file) => [file.sha256, file]))
    for (const job of [...this.jobs.values()]) if (!wanted.has(job.sha256)) this.drop(job)
    for (const file of wanted.values()) if (!this.jobs.has(file.sha256)) this.jobs.set(file.sha256, createJob(file))
    this.settle(rows)
    this.pump()
  }

  private waitingRows(): ListedRow[] {
    return this.options.keeper.list
      .pending()
      .filter(({ waits, state, unsaved }) => waits === true && state === 'queued' && !unsaved)
  }

  /** What is complete joins the line; what can't become complete says why. */
  private settle(rows: readonly ListedRow[]): void {
    const { keeper } = this.options
    for (const { id } of rows) {
      // `joinLine` and `refuse` change the list at once, and so come back here before the next row.
      const row = keeper.list.find(id)
      if (row?.waits !== true || row.state !== 'queued') continue
      const jobs = uploadsOf(row).map(({ sha256 }) => this.jobs.get(sha256)?.state)
      if (jobs.includes('failed')) void this.refuse(row)
      else if (row.heldUntil === undefined && jobs.every((state) => state === 'done')) void keeper.joinLine(id)
    }
  }

  private refuse(row: ListedRow): Promise<void> {
    const failureOf = (sha256: string): FileFailure | null => this.jobs.get(sha256)?.failure ?? null
    const files = (row.files ?? []).map((file) => ({ ...file, failure: file.sent && failureOf(file.sent.sha256) }))
    const index = files.findIndex(({ failure }) => failure !== null)
    const code = refusalCodes[files[index]?.failure ?? 'lost'] ?? 'E_MEDIA_MISSING'
    return this.options.keeper.refuse(row.id, refusal(code, `attachments.${index}`), files)
  }

  private connectionChanged(): void {
    if (this.isOnline()) {
      this.backoff.reset()
      for (const job of this.jobs.values()) if (job.failure === null) this.endPause(job)
    }
    this.pump()
  }

  private isOnline(): boolean {
    return this.options.socket.state.get() === 'online'
  }

  private isPaused(): boolean {
    return this.options.rules.get().pauseOnMetered && this.options.metered.get()
  }

  private pump(): void {
    if (this.isStopped) return
    const jobs = this.sorted()
    let running = jobs.filter(({ state }) => state === 'running').length
    const parallel = this.isOnline() && !this.isPaused() ? this.options.rules.get().parallel : 0
    if (parallel === 0) {
      for (const job of jobs) job.stop?.()
      this.pace.reset()
    }
    for (const job of jobs) {
      if (running >= parallel) break
      if (job.state !== 'waiting' || job.cancelPause !== null) continue
      running++
      this.run(job)
    }
    this.tell()
  }

  private sorted(): UploadJob[] {
    return [...this.jobs.values()].sort(byUrgency)
  }

  private run(job: UploadJob): void {
    job.state = 'running'
    job.failure = null
    const attempt = uploadFile(this.options.needs, job, (bytes) => {
      // What an earlier attempt sent and the server did not get is no progress twice.
      if (bytes > job.sentBytes) this.pace.sent(bytes - job.sentBytes)
      job.sentBytes = bytes
      this.tellSoon()
    })
    let isOurs = true
    job.stop = () => {
      isOurs = false
      job.stop = null
      if (job.state === 'running') job.state = 'waiting'
      attempt.stop()
    }
    void attempt.done.then((outcome) => {
      if (!isOurs) return
      job.stop = null
      this.ended(job, outcome)
    })
  }

  private ended(job: UploadJob, outcome: UploadOutcome): void {
    job.state = 'waiting'
    if (outcome.state === 'done') {
      job.state = 'done'
      this.backoff.reset()
    } else if (outcome.state === 'full') {
      job.failure = 'server-full'
      this.pause(job, fullPauseMs)
    } else if (outcome.state === 'interrupted') {
      const delayMs = Math.max(outcome.retryAfterMs ?? 0, this.backoff.nextDelayMs())
      this.pause(job, delayMs)
    } else if (outcome.failure === 'refused-content' && !job.isSecondTry) {
      job.isSecondTry = true
      job.sentBytes = 0
    } else if (job.kind === 'poster') {
      // A video without its picture is still a video.
      job.state = 'done'
    } else {
      job.state = 'failed'
      job.failure = outcome.failure
    }
    this.settle(this.waitingRows())
    this.pump()
  }

  private pause(job: UploadJob, delayMs: number): void {
    job.cancelPause = this.options.clock.after(delayMs, () => {
      job.cancelPause = null
      this.pump()
    })
  }

  private endPause(job: UploadJob): void {
    job.cancelPause?.()
    job.cancelPause = null
  }

  private drop(job: UploadJob): void {
    this.jobs.delete(job.sha256)
    this.endPause(job)
    job.stop?.()
  }

  private tellSoon(): void {
    this.cancelTelling ??= this.options.clock.after(tellMs, () => this.tell())
  }

  private tell(): void {
    this.cancelTelling?.()
    this.cancelTelling = null
    const queue = { jobs: this.sorted(), isPaused: this.isPaused(), pace: this.pace.perMs() }
    const shown = new Map<CommandId, UploadProgress>()
    for (const row of this.options.keeper.list.pending()) {
      if (row.waits === true && row.state === 'queued') shown.set(row.id, progressOf(row, queue))
      const failed = row.state === 'refused' && row.files ? failedProgress(row.files) : undefined
      if (failed) shown.set(row.id, failed)
    }
    if (shown.size > 0 || this.shown.get().size > 0) this.shown.set(shown)
  }
}

/** How the server names what happened to a file, also where this device found it. */
const refusalCodes: Partial<Record<FileFailure, RefusalCode>> = {
  lost: 'E_MEDIA_MISSING',
  'refused-type': 'E_MEDIA_TYPE',
  'refused-size': 'E_MEDIA_TOO_BIG',
  'refused-content': 'E_MEDIA_CHECKSUM',
}
