import { WebSocket } from 'ws'
import type { Credentials } from '#common/ipc.ts'
import type { ClientCore, ClientPorts, ClientSocket } from '#renderer/data/client-core.ts'
import { requestJson, somebodyAnswers } from '#renderer/data/browser-network.ts'
import { createClientCore } from '#renderer/data/create-client-core.ts'
import { systemClock } from '#renderer/data/system-clock.ts'
import { createValue } from '#renderer/data/value.ts'
import { createMemoryStores } from '#tests/support/simulation/memory-stores.ts'
import { MemoryFolder } from './memory-folder.ts'
import { MemoryJournal } from './memory-journal.ts'

/** The real client core in this process, over real sockets to a real server. What it keeps outlives its runs. */
export class ProcessClient {
  core!: ClientCore
  readonly folder = new MemoryFolder()
  readonly journal = new MemoryJournal()
  private readonly stores = createMemoryStores()
  private credentials: Credentials | null = null
  private lastAccount: Awaited<ReturnType<ClientPorts['lastAccount']['read']>> = null
  private readonly deviceId: string

  constructor(deviceId: string) {
    this.deviceId = deviceId
  }

  async start(): Promise<void> {
    const { folder, read, prepare } = this.folder
    this.core = createClientCore({
      clock: systemClock,
      fillRandom: (bytes) => crypto.getRandomValues(bytes),
      openSocket,
      http: requestJson,
      somebodyAnswers,
      openStores: async () => ({ stores: this.stores, rebuilt: false }),
      journal: this.journal,
      credentials: {
        read: async () => this.credentials,
        store: async (credentials) => void (this.credentials = credentials),
        clear: async () => void (this.credentials = null),
      },
      lastAccount: {
        read: async () => this.lastAccount,
        store: async (value) => void (this.lastAccount = value),
      },
      device: { id: this.deviceId, name: 'test' },
      media: {
        folder,
        read,
        prepare,
        fetch: (url, init) => fetch(url, init),
        metered: createValue(false),
        rules: createValue({ parallel: 2, pauseOnMetered: false }),
      },
    })
    await this.core.start()
  }

  async signIn(server: string, login: string): Promise<void> {
    const signedIn = await this.core.act.signIn({ server, login, password: 'demo', remember: true })
    if (!signedIn.ok) throw new Error(JSON.stringify(signedIn.reason))
  }
}

function openSocket(url: string, protocols: string[]): ClientSocket {
  const own: ClientSocket = {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message)
    },
    close: () => socket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  }
  const socket = new WebSocket(url, protocols)
  socket.binaryType = 'arraybuffer'
  socket.on('open', () => own.onopen?.())
  socket.on('message', (data) => {
    if (data instanceof ArrayBuffer) own.onmessage?.(new Uint8Array(data))
  })
  socket.on('error', () => undefined)
  socket.on('close', (code, reason) => own.onclose?.(code, reason.toString()))
  return own
}
