// The least that takes a file: a PUT goes to the disk as it comes. `node plain-upload-server.mjs PORT FOLDER`
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const [port, folder = '.'] = process.argv.slice(2)
let files = 0

createServer((request, response) => {
  pipeline(request, createWriteStream(join(folder, `file-${++files}`))).then(
    () => response.writeHead(204).end(),
    (error) => response.writeHead(500).end(String(error)),
  )
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('READY\n'))
