import type { ClientPorts, ClientSocket, HttpAnswer } from './client-core.ts'

/** A request that takes longer counts as one that did not reach the server. */
const requestTimeoutMs = 20_000
const abnormalClosure = 1006

/** The browser's WebSocket as the client uses it. */
export function openBrowserSocket(url: string, protocols: string[]): ClientSocket {
  const own: ClientSocket = {
    send: (message) => {
      // What is sent while it opens or closes is lost either way; the protocol above brings it again.
      if (socket.readyState === WebSocket.OPEN) socket.send(message as Uint8Array<ArrayBuffer>)
    },
    close: () => socket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  }
  const socket = new WebSocket(url, protocols)
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => own.onopen?.()
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) own.onmessage?.(new Uint8Array(data))
  }
  socket.onclose = ({ code, reason }) => own.onclose?.(code || abnormalClosure, reason)
  return own
}

export const requestJson: ClientPorts['http'] = async ({ method, url, token, body }) => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  const answer: HttpAnswer = { status: response.status, body: await bodyOf(response) }
  const retryAfterSeconds = Number(response.headers.get('Retry-After') ?? NaN)
  return Number.isFinite(retryAfterSeconds) ? { ...answer, retryAfterSeconds } : answer
}

export async function somebodyAnswers(url: string): Promise<boolean> {
  try {
    await fetch(url, {
      mode: 'no-cors',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(requestTimeoutMs),
    })
    return true
  } catch {
    return false
  }
}

/** Undefined when it is neither JSON nor CSV: whoever answered is not our server. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (response.headers.get('Content-Type')?.startsWith('text/csv')) return text
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}
