import { DetailedError, Upload, type FileReader, type HttpResponse, type UrlStorage } from 'tus-js-client'
import { uploadsPath } from '#common/protocol/http-api.ts'
import type { AccessTokens } from '../session/access-tokens.ts'
import type { OutboxStore } from '../store/ports.ts'
import type { PieceSize } from './piece-size.ts'
import type { MediaPorts } from './ports.ts'

export type UploadNeeds = {
  nowMs(): number
  /** Shared by all uploads: they share the link. */
  pieces: PieceSize
  server: string
  account: string
  tokens: Pick<AccessTokens, 'authorize' | 'stale'>
  ports: Pick<MediaPorts, 'read' | 'fetch' | 'httpStack'>
  store: Pick<OutboxStore, 'begunUploads' | 'putBegunUpload' | 'removeBegunUpload'>
}

export type UploadedFile = { sha256: string; size: number; name: string; posterOf: string | null }

/** `interrupted`: worth another attempt. `retryAfterMs`: the server asks for this patience. */
export type UploadOutcome =
  | { state: 'done' }
  | { state: 'interrupted'; retryAfterMs?: number | undefined }
  | { state: 'full' }
  | { state: 'failed'; failure: 'lost' | 'refused-type' | 'refused-size' | 'refused-content' }

class FileLost extends Error {}
class NoToken extends Error {}
/** An answer that says nothing about the upload itself. */
class Unanswered extends Error {
  readonly response: HttpResponse
  constructor(response: HttpResponse) {
    super(`status ${response.getStatus()}`)
    this.response = response
  }
}

/** One attempt to bring a file to the server, from where the last one ended. Never rejects. `stop` ends it; `done` says `interrupted` then. */
export function uploadFile(
  needs: UploadNeeds,
  file: UploadedFile,
  onProgress: (bytes: number) => void,
): { done: Promise<UploadOutcome>; stop(): void } {
  const stopped = new AbortController()
  return { done: attempt(needs, file, onProgress, stopped.signal), stop: () => stopped.abort() }
}

async function attempt(
  needs: UploadNeeds,
  file: UploadedFile,
  onProgress: (bytes: number) => void,
  stopped: AbortSignal,
): Promise<UploadOutcome> {
  try {
    const known = await isThere(needs, file.sha256, stopped)
    if (known !== 'unknown') return known
    if ((await needs.ports.read(needs.account, file.sha256, 0, 1)) === null) return lost
    const begun = (await needs.store.begunUploads()).find(({ key, size }) => key === file.sha256 && size === file.size)
    if (stopped.aborted) return interrupted
    const outcome = await transfer(needs, file, begun?.url, onProgress, stopped)
    // The server has deleted it, or will never take its rest.
    if (outcome.state === 'failed' && outcome.failure !== 'lost')
      await needs.store.removeBegunUpload(file.sha256).catch(() => undefined)
    return outcome
  } catch {
    return interrupted
  }
}

const interrupted: UploadOutcome = { state: 'interrupted' }
const lost: UploadOutcome = { state: 'failed', failure: 'lost' }

/** Asks before anything is sent: an earlier message had the same file, or the answer to its last piece was lost. */
async function isThere(
  { server, tokens, ports }: UploadNeeds,
  sha256: string,
  signal: AbortSignal,
): Promise<UploadOutcome | 'unknown'> {
  const authorization = await tokens.authorize()
  if (!authorization.ok) return interrupted
  const { token } = authorization
  const headers = { Authorization: `Bearer ${token}` }
  const response = await ports.fetch(`${server}/media/${sha256}`, {
    method: 'HEAD',
    headers,
    signal,
    cache: 'no-store',
  })
  if (response.ok) return { state: 'done' }
  if (response.status === 401) tokens.stale(token)
  return response.status === 404 ? 'unknown' : interrupted
}

function transfer(
  needs: UploadNeeds,
  file: UploadedFile,
  url: string | undefined,
  onProgress: (bytes: number) => void,
  stopped: AbortSignal,
): Promise<UploadOutcome> {
  const { server, ports, tokens, pieces, nowMs } = needs
  return new Promise((resolve) => {
    let token = ''
    let sentAt = 0
    const end = (outcome: UploadOutcome): void => {
      stopped.removeEventListener('abort', stop)
      resolve(outcome)
    }
    const upload = new Upload(new Blob(), {
      endpoint: `${server}${uploadsPath}`,
      ...(url === undefined ? {} : { uploadUrl: url }),
      metadata: {
        sha256: file.sha256,
        name: file.name,
        ...(file.posterOf === null ? {} : { poster: file.posterOf }),
      },
      chunkSize: pieces.bytes(),
      // When to try again is decided above: by the connection, and for all files together.
      retryDelays: null,
      fingerprint: () => Promise.resolve(file.sha256),
      removeFingerprintOnSuccess: true,
      urlStorage: urlStorageOf(needs, file),
      fileReader: readerOf(needs, file),
      ...(ports.httpStack ? { httpStack: ports.httpStack } : {}),
      onBeforeRequest: async (request) => {
        const authorization = await tokens.authorize()
        if (!authorization.ok) throw new NoToken()
        token = authorization.token
        request.setHeader('Authorization', `Bearer ${token}`)
        sentAt = nowMs()
      },
      onAfterResponse: (request, response) => {
        const status = response.getStatus()
        // Of any other answer to its question tus-js-client concludes that the upload is gone, and would send everything again.
        if (request.getMethod() === 'HEAD' && status >= 300 && status !== 404 && status !== 410)
          throw new Unanswered(response)
      },
      onProgress,
      onChunkComplete: (bytes) => {
        pieces.arrived(bytes, nowMs() - sentAt)
        upload.options.chunkSize = pieces.bytes()
      },
      onSuccess: () => end({ state: 'done' }),
      onError: (error) => {
        const response = responseOf(error)
        if (response?.getStatus() === 401) tokens.stale(token)
        if (response === null) pieces.broke()
        const outcome = causeOf(error) instanceof FileLost ? lost : outcomeOf(response)
        end(outcome)
      },
    })
    const stop = (): void => {
      void upload.abort().catch(() => undefined)
      end(interrupted)
    }
    stopped.addEventListener('abort', stop)
    upload.start()
  })
}

function causeOf(error: Error): unknown {
  return error instanceof DetailedError ? (error.causingError ?? error) : error
}

function responseOf(error: Error): HttpResponse | null {
  const cause = causeOf(error)
  if (cause instanceof Unanswered) return cause.response
  return error instanceof DetailedError ? error.originalResponse : null
}

function outcomeOf(response: HttpResponse | null): UploadOutcome {
  switch (response?.getStatus()) {
    case 413:
      return { state: 'failed', failure: 'refused-size' }
    case 415:
    case 422:
      return { state: 'failed', failure: 'refused-type' }
    case 460:
      return { state: 'failed', failure: 'refused-content' }
    case 507:
      return { state: 'full' }
    default: {
      const seconds = Number(response?.getHeader('Retry-After') ?? Number.NaN)
      return { state: 'interrupted', retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined }
    }
  }
}

/** Where an upload was begun outlives the app, in the database. Not being able to note it costs bytes after a restart, nothing else. */
function urlStorageOf({ store, nowMs }: UploadNeeds, { sha256, size }: UploadedFile): UrlStorage {
  return {
    findAllUploads: () => Promise.resolve([]),
    findUploadsByFingerprint: () => Promise.resolve([]),
    async addUpload(_fingerprint, { uploadUrl }) {
      if (uploadUrl !== null)
        await store.putBegunUpload({ key: sha256, url: uploadUrl, size, at: nowMs() }).catch(() => undefined)
      return sha256
    },
    removeUpload: (key) => store.removeBegunUpload(key).catch(() => undefined),
  }
}

function readerOf({ ports, account }: UploadNeeds, { sha256, size }: UploadedFile): FileReader {
  return {
    openFile: () =>
      Promise.resolve({
        size,
        async slice(start: number, end: number) {
          const bytes = await ports.read(account, sha256, start, end)
          if (bytes === null || bytes.length !== end - start) throw new FileLost()
          // tus-js-client wants to know a piece's size by this name.
          return { value: Object.assign(bytes, { size: bytes.length }), done: end >= size }
        },
        close: () => undefined,
      }),
  }
}
