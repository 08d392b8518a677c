// Floods a server from a thread of its own, so that the honest client of the test is not slowed by its neighbour.
import { parentPort, workerData } from 'node:worker_threads'
import { WebSocket } from 'ws'

const { attacks, connections } = workerData
let running = false
let sent = 0

/**
 * One attack after another on one connection each; a closed one is opened again at once.
 * @param {number} offset
 */
async function attack(offset) {
  for (let index = offset; ; index += connections) {
    if (!running) return
    const { url, protocols, messages } = attacks[index % attacks.length]
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const socket = new WebSocket(url, protocols, { perMessageDeflate: false })
      socket.on('open', () => {
        for (const message of messages) socket.send(message)
        sent += messages.length
      })
      socket.on('error', resolve)
      socket.on('close', resolve)
      // What the server lets stand is ended by ourselves.
      setTimeout(() => socket.close(), 200)
    })
  }
}

/** @type {Promise<unknown>} */
let ended = Promise.resolve()
parentPort?.on('message', (command) => {
  if (command === 'start') {
    running = true
    ended = Promise.all(Array.from({ length: connections }, (_, offset) => attack(offset)))
  } else {
    running = false
    void ended.then(() => parentPort?.postMessage(sent))
  }
})
