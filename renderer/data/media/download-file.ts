import { mediaTransferLimits } from '#common/media-transfer-limits.ts'
import { mediaPath } from '#common/protocol/http-api.ts'
import type { AccessTokens } from '../session/access-tokens.ts'
import type { WantedMedia } from './media-view.ts'
import type { MediaPorts } from './ports.ts'

export type DownloadNeeds = {
  server: string
  account: string
  tokens: Pick<AccessTokens, 'authorize' | 'stale'>
  ports: Pick<MediaPorts, 'folder' | 'fetch'>
}

export type DownloadOutcome =
  { state: 'done' } | { state: 'interrupted' } | { state: 'failed'; reason: 'refused' | 'disk-full' }

/** The folder takes pieces; fewer of them cost fewer calls. */
const pieceBytes = Math.min(1024 * 1024, mediaTransferLimits.pieceBytes)

/** One attempt to bring a file here, from where the last one ended. Never rejects. */
export async function downloadFile(
  needs: DownloadNeeds,
  wanted: WantedMedia,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<DownloadOutcome> {
  try {
    const { account, server, tokens, ports } = needs
    const { room, sha256, variant } = wanted
    const known = await ports.folder.cache.state(account, sha256, variant)
    if (known.state === 'whole') return { state: 'done' }
    const authorization = await tokens.authorize()
    if (!authorization.ok) return interrupted
    const { token } = authorization
    const response = await ports.fetch(`${server}${mediaPath(sha256, room, variant)}`, {
      headers: { Authorization: `Bearer ${token}`, ...(known.size > 0 ? { Range: `bytes=${known.size}-` } : {}) },
      signal,
      cache: 'no-store',
    })
    if (response.status === 401) tokens.stale(token)
    if (response.status === 403 || response.status === 404) return { state: 'failed', reason: 'refused' }
    if (response.status === 416) await ports.folder.cache.forget(account, [sha256])
    const extent = extentOf(response)
    if (extent === undefined || response.body === null) return interrupted
    // The server may answer with the whole where a part was asked for; what is here already is not taken twice.
    if (extent.start > known.size) return interrupted
    return await store(needs, wanted, { body: response.body, ...extent, stored: known.size }, onProgress)
  } catch {
    return interrupted
  }
}

const interrupted: DownloadOutcome = { state: 'interrupted' }

/** Where the answer's bytes belong in the file, and how long that is. */
function extentOf({ status, headers }: Response): { start: number; total: number } | undefined {
  if (status === 200) {
    const total = Number(headers.get('Content-Length') ?? 0)
    return total > 0 ? { start: 0, total } : undefined
  }
  const range = status === 206 ? /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('Content-Range') ?? '') : null
  return range ? { start: Number(range[1]), total: Number(range[2]) } : undefined
}

type Arriving = { body: ReadableStream<Uint8Array>; start: number; total: number; stored: number }

async function store(
  { account, ports }: DownloadNeeds,
  { sha256, variant }: WantedMedia,
  { body, start, total, stored }: Arriving,
  onProgress: (share: number) => void,
): Promise<DownloadOutcome> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let skip = stored - start
  let offset = stored
  const write = async (): Promise<DownloadOutcome | undefined> => {
    const bytes = joined(waiting, waitingBytes)
    waiting = []
    waitingBytes = 0
    const outcome = await ports.folder.cache.write({ account, sha256, variant, offset, total, bytes })
    if (!outcome.ok) return outcomeOf(outcome.reason)
    offset = outcome.size
    return outcome.state === 'whole' ? { state: 'done' } : undefined
  }
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const fresh = (value ?? noBytes).subarray(Math.min(skip, value?.length ?? 0))
      skip -= (value?.length ?? 0) - fresh.length
      for (const piece of piecesOf(fresh)) {
        waiting.push(piece)
        waitingBytes += piece.length
        const ended = waitingBytes >= pieceBytes ? await write() : undefined
        if (ended) return ended
      }
      onProgress(Math.min(1, (offset + waitingBytes) / total))
      if (done) return waitingBytes > 0 ? ((await write()) ?? interrupted) : interrupted
    }
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

const noBytes = new Uint8Array()

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / pieceBytes)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes))
}

function outcomeOf(reason: 'offset' | 'content' | 'disk-full' | 'unwritable'): DownloadOutcome {
  if (reason === 'offset') return interrupted
  return { state: 'failed', reason: reason === 'content' ? 'refused' : 'disk-full' }
}

/** At most twice a piece: what was waiting, and the piece that made it enough. */
function joined(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
