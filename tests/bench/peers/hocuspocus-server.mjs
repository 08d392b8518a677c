// @hocuspocus/server with its SQLite extension. Arguments: port, data folder. Limits that would refuse 1,000 rooms on one socket are raised.
import { Server } from '@hocuspocus/server'
import { SQLite } from '@hocuspocus/extension-sqlite'

const [port, folder] = process.argv.slice(2)
const server = new Server({
  quiet: true,
  address: '127.0.0.1',
  port: Number(port),
  stopOnSignals: false,
  maxPendingDocuments: 1e6,
  maxUnauthenticatedQueueMessages: 1e6,
  maxUnauthenticatedQueueSize: 1e9,
  extensions: [new SQLite({ database: `${folder}/hocuspocus.sqlite` })],
})
await server.listen()
console.log('READY')
