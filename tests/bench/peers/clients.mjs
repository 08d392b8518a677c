// Clients of the other makers' servers, in the shape of `contestant.ts`. They live here to share one copy of Yjs with their libraries.
import * as encoding from 'lib0/encoding'
import WebSocket from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'

process.setMaxListeners(0)

let posted = 0

/** The very message that Naryad keeps: the same keys, numbers and lengths. */
const messageOf = (id) => ({
  type: 'message',
  id: String(++posted).padStart(26, '0'),
  authorId: '01J0000000000000000000000A',
  text: `#${id}# Приехал на объект, насос не запускается; нужна замена реле.`,
  writtenAt: new Date().toISOString(),
  seq: posted,
  at: Date.now(),
})

class UncompressedSocket extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate: false })
  }
}

const whenever = (condition, subscribe) =>
  new Promise((resolve) => {
    if (condition()) return resolve()
    subscribe(() => condition() && resolve())
  })

const roomOf = (document, synced, confirmed, destroy) => {
  const entries = document.getArray('entries')
  return {
    synced,
    count: () => entries.length,
    post: (id) => entries.push([messageOf(id)]),
    onChange: (listener) =>
      entries.observe((event) => {
        for (const { insert } of event.changes.delta)
          for (const entry of insert ?? []) listener(/#(.*)#/.exec(entry.text ?? '')?.[1] ?? '')
      }),
    confirmed,
    destroy,
  }
}

export function connectYWebsocket(url) {
  const providers = new Set()
  return {
    open(name) {
      const document = new Y.Doc({ guid: name })
      const provider = new WebsocketProvider(url, name, document, {
        WebSocketPolyfill: UncompressedSocket,
        disableBc: true,
      })
      providers.add(provider)
      const synced = whenever(
        () => provider.synced,
        (changed) => provider.on('sync', changed),
      )
      // This protocol has no confirmation: what was handed to the socket is all a client can know.
      const confirmed = () =>
        whenever(
          () => provider.ws?.bufferedAmount === 0,
          (changed) => {
            const timer = setInterval(() => {
              if (provider.ws?.bufferedAmount === 0) {
                clearInterval(timer)
                changed()
              }
            }, 5)
          },
        )
      return roomOf(document, synced, confirmed, () => {
        providers.delete(provider)
        provider.destroy()
      })
    },
    close() {
      for (const provider of providers) provider.destroy()
    },
  }
}

export function connectHocuspocus(url) {
  const socket = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: UncompressedSocket })
  const providers = new Set()
  return {
    open(name) {
      const document = new Y.Doc({ guid: name })
      const provider = new HocuspocusProvider({
        websocketProvider: socket,
        name,
        document,
        token: 'x',
        awareness: null,
      })
      provider.attach()
      providers.add(provider)
      const synced = whenever(
        () => provider.synced,
        (changed) => provider.on('synced', changed),
      )
      const confirmed = () =>
        whenever(
          () => !provider.hasUnsyncedChanges,
          (changed) => provider.on('unsyncedChanges', changed),
        )
      return roomOf(document, synced, confirmed, () => {
        providers.delete(provider)
        provider.destroy()
      })
    },
    close() {
      for (const provider of providers) provider.destroy()
      socket.destroy()
    },
  }
}

/** A reader that keeps no document and only counts messages with `marker`: so that the clients' work does not hide the server's. */
const rawReader = (socket, onOpen) => {
  let received = 0
  socket.on('message', (message) => {
    for (let from = message.indexOf('writtenAt'); from >= 0; from = message.indexOf('writtenAt', from + 1)) received++
  })
  return new Promise((resolve) =>
    socket.on('open', () => {
      onOpen()
      resolve({ received: () => received, close: () => socket.terminate() })
    }),
  )
}

export function readRawYWebsocket(url, room) {
  return rawReader(new UncompressedSocket(`${url}/${room}`), () => {})
}

export function readRawHocuspocus(url, room) {
  const socket = new UncompressedSocket(url)
  return rawReader(socket, () => {
    // Hocuspocus: name, message type 2 (authentication), token, version of its provider.
    const encoder = encoding.createEncoder()
    encoding.writeVarString(encoder, room)
    encoding.writeVarUint(encoder, 2)
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarString(encoder, 'x')
    encoding.writeVarString(encoder, '4.8.0')
    socket.send(encoding.toUint8Array(encoder))
  })
}
