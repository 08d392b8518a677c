import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { EncodedPhoto, PhotoRefusal } from './photo-encoding.ts'
import type { PhotoReply, PhotoRequest } from './photo-messages.ts'

export type PhotoFiles = Pick<PhotoRequest, 'input' | 'full' | 'thumb'>

/**
 * `too-slow`: longer than the time limit. `died`: its process ended twice over it. `disk`: what it made could not be written.
 * `closed`: the server is about to end.
 */
export type PhotoFailure = PhotoRefusal | 'too-slow' | 'died' | 'disk' | 'closed'

/** Encodes photos anew; see `photo-encoding.ts` for how. */
export type PhotoEncoder = {
  encode(files: PhotoFiles): Promise<Result<EncodedPhoto, PhotoFailure>>
  /** Ends its processes; what waits is answered with `closed`. */
  close(): void
}

export type PhotoEncoderOptions = {
  /** The built `photo-process.js`. */
  processUrl: URL
  processes: number
  timeLimitMs: number
  pixelLimit: number
}

type Job = { files: PhotoFiles; attempts: number; settle(result: Result<EncodedPhoto, PhotoFailure>): void }
type Slot = { child: ChildProcess | undefined; job: Job | undefined; idle: NodeJS.Timeout | undefined }

/** An idle process gives its memory back. */
const idleMs = 30_000
/** A process that was killed from outside, by the system for its memory, gets the photo once more. */
const attempts = 2

/** Photos go through processes of their own, one at a time each: a photo made to break the decoder breaks nothing else. */
export function createPhotoEncoder(options: PhotoEncoderOptions): PhotoEncoder {
  return new PhotoProcesses(options)
}

class PhotoProcesses implements PhotoEncoder {
  private readonly options: PhotoEncoderOptions
  private readonly slots: Slot[]
  private readonly waiting: Job[] = []
  private lastId = 0
  private isClosed = false

  constructor(options: PhotoEncoderOptions) {
    this.options = options
    this.slots = Array.from({ length: options.processes }, () => ({
      child: undefined,
      job: undefined,
      idle: undefined,
    }))
  }

  encode(files: PhotoFiles): Promise<Result<EncodedPhoto, PhotoFailure>> {
    if (this.isClosed) return Promise.resolve(fail('closed'))
    return new Promise((resolve) => {
      this.waiting.push({ files, attempts: 0, settle: resolve })
      this.startNext()
    })
  }

  close(): void {
    this.isClosed = true
    for (const job of this.waiting.splice(0)) job.settle(fail('closed'))
    for (const { child } of this.slots) child?.kill('SIGKILL')
  }

  private startNext(): void {
    const slot = this.slots.find(({ job }) => job === undefined)
    const job = slot && this.waiting.shift()
    if (slot && job) void this.run(slot, job)
  }

  private async run(slot: Slot, job: Job): Promise<void> {
    clearTimeout(slot.idle)
    slot.job = job
    job.attempts++
    const child = (slot.child ??= this.spawn(slot))
    const result = await this.ask(child, job.files)
    slot.job = undefined
    if (result.ok || result.reason !== 'died') job.settle(result)
    else if (this.isClosed) job.settle(fail('closed'))
    else if (job.attempts < attempts) this.waiting.unshift(job)
    else job.settle(result)
    slot.idle = setTimeout(() => endChild(slot), idleMs).unref()
    this.startNext()
  }

  private spawn(slot: Slot): ChildProcess {
    const { SystemRoot } = process.env
    const child = fork(fileURLToPath(this.options.processUrl), [], {
      // Nothing of the server's surroundings, nor its debugger's port; Windows starts nothing without this one.
      env: SystemRoot === undefined ? {} : { SystemRoot },
      execArgv: ['--max-old-space-size=128'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const forget = (): void => {
      if (slot.child === child) slot.child = undefined
    }
    // An 'error' says that it could not be started: no 'exit' follows then.
    child.on('error', forget)
    child.once('exit', forget)
    return child
  }

  private ask(child: ChildProcess, files: PhotoFiles): Promise<Result<EncodedPhoto, PhotoFailure>> {
    const id = ++this.lastId
    return new Promise((resolve) => {
      const end = (result: Result<EncodedPhoto, PhotoFailure>): void => {
        clearTimeout(timer)
        child.off('message', answered).off('exit', died).off('error', died)
        resolve(result)
      }
      const died = (): void => end(fail('died'))
      const answered = (reply: PhotoReply): void => {
        if (reply.id === id) end(resultOf(reply))
      }
      const timer = setTimeout(() => {
        child.off('exit', died)
        // Only when it is gone does the next photo start: two of them would share its memory limit and its files.
        child.once('exit', () => end(fail('too-slow')))
        child.kill('SIGKILL')
      }, this.options.timeLimitMs)
      child.on('message', answered).once('exit', died).once('error', died)
      const request: PhotoRequest = { id, ...files, pixelLimit: this.options.pixelLimit }
      child.send(request, (error) => error && child.kill('SIGKILL'))
    })
  }
}

function endChild(slot: Slot): void {
  slot.child?.kill()
  slot.child = undefined
}

function resultOf(reply: PhotoReply): Result<EncodedPhoto, PhotoFailure> {
  switch (reply.outcome) {
    case 'encoded':
      return succeed(reply.photo)
    case 'refused':
      return fail(reply.reason)
    case 'failed':
      return fail('disk')
  }
}
