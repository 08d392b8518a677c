import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { Server, type Upload } from '@tus/server'
import * as z from 'zod/mini'
import type { Clock } from '#common/domain/clock.ts'
import type { UserId } from '#common/domain/ids.ts'
import { uploadMetadataSchema, uploadsPath } from '#common/protocol/http-api.ts'
import { refusalCodes, type RefusalCode } from '#common/protocol/refusals.ts'
import { refuse, type ApiReply } from '../api/http-exchange.ts'
import type { Limits } from '../limits.ts'
import type { ServerEvent } from '../server-core.ts'
import { StoreUnavailable } from '../storage/log-store.ts'
import { BlobsUnavailable, isDiskFull } from './blob-store.ts'
import { finishUpload, type FinishParts } from './finish-upload.ts'
import { asTusError, badRequest } from './media-refusal.ts'
import { UploadLocker } from './upload-locker.ts'
import { isFinished, isUploadId } from './upload-store.ts'

export type UploadsOptions = FinishParts & {
  limits: Pick<Limits, 'photoBytes' | 'videoBytes' | 'uploadsPerUser' | 'uploadExpiryMs'>
  checkSpace(bytesToCome: number): Promise<void>
  clock: Clock
  report(event: ServerEvent): void
}

/** As it is kept beside an upload: what its client said, and whose it is. */
const keptMetadataSchema = z.extend(uploadMetadataSchema, { user: z.string() })

/** A request that asks an upload to let go of it waits so long for it. */
const lockDrainMs = 1_000
const longestSweepMs = 3_600_000
/** A piece that does not begin where the upload ends. */
const conflict = 409

/** The tus server behind our own edge: who asks is known before it is asked anything, and it is told by the request. */
export class Uploads {
  private readonly options: UploadsOptions
  private readonly tus: Server
  private readonly users = new WeakMap<object, UserId>()
  /** Uploads that are being finished now: a second request waits for the first. */
  private readonly finishing = new Map<string, Promise<void>>()
  private cancelSweep: () => void = () => {}

  constructor(options: UploadsOptions) {
    this.options = options
    this.tus = new Server({
      path: uploadsPath,
      datastore: options.store,
      locker: new UploadLocker(),
      lockDrainTimeout: lockDrainMs,
      relativeLocation: true,
      maxSize: options.limits.videoBytes,
      // Origins are the edge's business.
      allowedOrigins: () => false,
      exposedHeaders: ['Upload-Expires', 'Retry-After'],
      getFileIdFromRequest: (_request, id) => (id !== undefined && isUploadId(id) ? id : undefined),
      onIncomingRequest: (request, id) => this.authorise(request, id),
      onUploadCreate: (request, upload) => this.admit(request, upload),
      onUploadFinish: async (_request, upload) => {
        await this.finish(upload)
        return {}
      },
      onResponseError: (_request, error) => asResponse(error),
    })
  }

  /** Deletes what expired, now and from time to time. */
  async sweep(): Promise<void> {
    const everyMs = Math.min(longestSweepMs, this.options.limits.uploadExpiryMs / 2)
    // A disk that can not be read now can be later.
    this.cancelSweep = this.options.clock.after(everyMs, () => void this.sweep().catch(() => {}))
    await this.options.store.deleteExpired()
  }

  stop(): void {
    this.cancelSweep()
  }

  /** Answers a request below {@link uploadsPath} of a user whose token was checked. */
  async handle(request: IncomingMessage, userId: UserId): Promise<ApiReply> {
    const { method = '', url = '' } = request
    const hasBody = method === 'POST' || method === 'PATCH'
    const asked = new Request(`http://server${url}`, {
      method,
      headers: headersOf(request),
      // The types of Node's own streams and of the web's are two names for one thing.
      ...(hasBody && { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' as const }),
    })
    this.users.set(asked, userId)
    const reply = await replyOf(await this.tus.handleWeb(asked))
    // Browsers send a piece again by themselves when a connection breaks over it. What is of no use any more would go over the
    // link to its end; a sender that is cut off asks how far its upload has got.
    if (reply.status === conflict && !request.complete) request.destroy()
    else if (!request.complete) throwAwayRest(request)
    return reply
  }

  /** M2: whoever did not begin an upload gets the same answer as for one that is absent. Runs before every method's own work. */
  private async authorise(request: Request, id: string): Promise<void> {
    if (request.method === 'POST') return
    const upload = await this.options.store.find(id)
    if (!upload || upload.metadata?.['user'] !== this.users.get(request)) throw asTusError('E_NOT_FOUND')
    // All bytes have come, but the answer was lost, or the server ended before it was done.
    const isComplete = upload.offset === upload.size
    if (isComplete && !isFinished(upload) && request.method === 'HEAD') await this.finish(upload)
    if (request.method === 'DELETE') await this.finishing.get(id)?.catch(() => {})
  }

  private async admit(request: Request, upload: Upload): Promise<{ metadata: Upload['metadata'] }> {
    const user = this.users.get(request) ?? ''
    const { limits, store, checkSpace } = this.options
    const metadata = uploadMetadataSchema.safeParse(upload.metadata)
    const { size } = upload
    if (!metadata.success || size === undefined || !Number.isSafeInteger(size)) throw badRequest()
    if (size === 0) throw asTusError('E_MEDIA_TYPE')
    if ((await store.countOf(user)) >= limits.uploadsPerUser) throw asTusError('E_RATE')
    await checkSpace(size)
    const { sha256, name, poster } = metadata.data
    return { metadata: { sha256, name, ...(poster !== undefined && { poster }), user } }
  }

  private finish(upload: Upload): Promise<void> {
    const running = this.finishing.get(upload.id)
    if (running) return running
    const done = this.finishOnce(upload).finally(() => this.finishing.delete(upload.id))
    this.finishing.set(upload.id, done)
    return done
  }

  private async finishOnce(upload: Upload): Promise<void> {
    if (isFinished(upload)) return
    const { store, report, clock } = this.options
    const startedAt = clock.nowMs()
    const { size = 0 } = upload
    const tell = (outcome: 'stored' | 'refused', code?: RefusalCode): void =>
      report({ type: 'upload', outcome, code, bytes: size, durationMs: clock.nowMs() - startedAt })
    try {
      const { sha256, poster, user: userId } = keptMetadataSchema.parse(upload.metadata)
      await finishUpload(this.options, { upload, size, userId, sha256, poster })
      await store.markFinished(upload)
      tell('stored')
    } catch (error) {
      const code = codeOf(error)
      tell('refused', code)
      // The tus server would keep it and call it complete. What passes is tried again by whoever sent it.
      if (passing.has(code)) await store.deleteMade(upload.id)
      else await store.remove(upload.id)
      throw error
    }
  }
}

/** Refusals that are not of the file: the same upload may be finished later. */
const passing: ReadonlySet<RefusalCode> = new Set(['E_UNAVAILABLE', 'E_MEDIA_FULL'])

/** A sender that is cut off while it sends never sees the answer, and tries for ever. */
function throwAwayRest(request: IncomingMessage): void {
  request.removeAllListeners('data')
  request.resume()
}

async function replyOf(response: Response): Promise<ApiReply> {
  const headers = Object.fromEntries(response.headers)
  const { status } = response
  if (status < 400) return { status, headers }
  const code = await response.text()
  // Length and type were of the text in place of which ours is sent; a connection is closed only by our own edge.
  for (const name of ['content-length', 'content-type', 'connection']) delete headers[name]
  const known = refusalCodes.find((other) => other === code)
  if (status === 429) headers['retry-after'] = '60'
  return refuse(status, known ?? codeOfStatus(status), { headers })
}

function codeOfStatus(status: number) {
  if (status === 404 || status === 410) return 'E_NOT_FOUND'
  if (status === 413) return 'E_MEDIA_TOO_BIG'
  return status >= 500 ? 'E_INTERNAL' : 'E_REQUEST'
}

function codeOf(error: unknown): RefusalCode {
  if (error instanceof BlobsUnavailable) return error.isFull ? 'E_MEDIA_FULL' : 'E_UNAVAILABLE'
  if (error instanceof StoreUnavailable) return 'E_UNAVAILABLE'
  if (isDiskFull(error)) return 'E_MEDIA_FULL'
  const body = typeof error === 'object' && error !== null && 'body' in error ? error.body : undefined
  return refusalCodes.find((code) => code === body) ?? 'E_UNAVAILABLE'
}

/** The tus server's own failures, and our refusals, say by themselves how they are answered. */
function asResponse(error: object): { status_code: number; body: string } | undefined {
  return 'status_code' in error ? undefined : asTusError(codeOf(error))
}

function headersOf({ headers }: IncomingMessage): Headers {
  const copy = new Headers()
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) copy.set(name, Array.isArray(value) ? value.join(', ') : value)
  return copy
}
