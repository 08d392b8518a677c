// y-websocket 2.1's own server with LevelDB. Arguments: port, data folder.
import { createRequire } from 'node:module'
import http from 'node:http'

const [port, folder] = process.argv.slice(2)
process.env.YPERSISTENCE = `${folder}/leveldb`
const require = createRequire(new URL('./y-websocket-2/package.json', import.meta.url))
const WebSocket = require('ws')
const { setupWSConnection } = require('y-websocket/bin/utils')
const sockets = new WebSocket.Server({ noServer: true })
sockets.on('connection', setupWSConnection)
const server = http.createServer((_request, response) => response.end('ok'))
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request)),
)
server.listen(Number(port), '127.0.0.1', 4096, () => console.log('READY'))
