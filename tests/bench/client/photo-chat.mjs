import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { startSeededServer } from './seeded-server.mjs'

const photo = { width: 640, height: 480 }
const authors = /** @type {const} */ (['customer', 'engineer', 'dispatcher'])
/** Files of the messages, again and again: one picture stands large, up to six have a tile, the rest are counted. */
const messageSizes = [1, 3, 10, 2, 6, 1, 4, 8, 5, 7, 9]

/** @typedef {{ url: string, ticketId: string, photos: number, messages: number, stop: () => Promise<void> }} PhotoChat */

/**
 * A server whose ticket has one chat with so many photos, no two of them alike, sent by three people. They go the way that any
 * client's photos go, so that the server makes its own encoding, small picture and colours of each. A folder that was filled
 * before is used as it is.
 * @param {string} data
 * @param {number} count
 * @returns {Promise<PhotoChat>}
 */
export async function startPhotoChat(data, count) {
  // The rules for how much one person may send are not what is measured.
  const limits = { messagesPerMinute: 1_000_000, commandsPerSecond: 1_000_000, commandBurst: 1_000_000 }
  const server = await startSeededServer('demo', data, limits)
  try {
    const note = join(data, `photo-chat-${count}.json`)
    const known = await readFile(note, 'utf8').catch(() => null)
    const filled = known === null ? await fill(server.url, count) : JSON.parse(known)
    await writeFile(note, JSON.stringify(filled))
    return { ...server, photos: count, ...filled }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/**
 * @param {string} url
 * @param {number} count
 * @returns {Promise<{ ticketId: string, messages: number }>}
 */
async function fill(url, count) {
  const people = await Promise.all(authors.map((login) => signedIn(url, login)))
  const [, , dispatcher] = people
  if (!dispatcher) throw new Error('nobody is signed in')
  const ticketId = await dispatcher.run({
    type: 'ticket.create',
    fields: { title: 'Две тысячи фото', customerId: 'customer' },
  })
  await dispatcher.run({ type: 'ticket.assign', ticketId, assigneeId: 'engineer' })
  let sent = 0
  let messages = 0
  while (sent < count) {
    const size = Math.min(messageSizes[messages % messageSizes.length] ?? 1, count - sent)
    // Some messages in a row of one person, as they come from a site.
    const author = people[Math.floor(messages / 3) % people.length] ?? dispatcher
    const attachments = await Promise.all(
      Array.from({ length: size }, async (_, index) => author.upload(await makePhoto(), sent + index + 1)),
    )
    const text = messages % 4 === 0 ? photoText(messages) : ''
    await author.run({ type: 'message.post', ticketId, to: ['customer'], text, attachments })
    sent += size
    messages++
  }
  return { ticketId, messages }
}

/** @param {number} message from 0 */
const photoText = (message) => (message === 0 ? firstText : `Снимки с объекта, часть ${message}`)
/** Of the oldest message, by which the beginning of the chat is known. */
export const firstText = 'Самые первые снимки'

/** Soft spots in colours of its own. */
function makePhoto() {
  const spots = { width: 16, height: 12, channels: /** @type {const} */ (3) }
  return sharp(randomBytes(spots.width * spots.height * spots.channels), { raw: spots })
    .resize(photo.width, photo.height, { kernel: 'cubic' })
    .jpeg({ quality: 85 })
    .toBuffer()
}

/**
 * @param {string} url
 * @param {string} login
 */
async function signedIn(url, login) {
  const device = { id: makeUlid(), name: 'bench' }
  const { accessToken } = await asJson(
    await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login, password: 'demo', device }),
    }),
  )
  const authorization = `Bearer ${accessToken}`

  /** @param {Record<string, unknown>} command */
  async function run(command) {
    const answer = await asJson(
      await fetch(`${url}/api/commands`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ id: makeUlid(), writtenAt: new Date().toISOString(), ...command }),
      }),
    )
    if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer)}`)
    return String(answer.id)
  }

  /**
   * @param {Buffer} bytes
   * @param {number} number
   */
  async function upload(bytes, number) {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const name = `Снимок ${number}.jpg`
    await send(bytes, sha256, name)
    return { sha256, name, mime: 'image/jpeg', size: bytes.length, ...photo }
  }

  /**
   * @param {Buffer} bytes
   * @param {string} sha256
   * @param {string} name
   */
  async function send(bytes, sha256, name) {
    const tus = { authorization, 'tus-resumable': '1.0.0' }
    const base64 = (/** @type {string} */ text) => Buffer.from(text).toString('base64')
    const created = await fetch(`${url}/media/uploads`, {
      method: 'POST',
      headers: {
        ...tus,
        'upload-length': String(bytes.length),
        'upload-metadata': `sha256 ${base64(sha256)},name ${base64(name)}`,
      },
    })
    if (created.status !== 201) throw new Error(`upload: ${created.status} ${await created.text()}`)
    const stored = await fetch(new URL(created.headers.get('location') ?? '', url), {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array(bytes),
    })
    if (stored.status !== 204) throw new Error(`upload: ${stored.status} ${await stored.text()}`)
  }

  return { run, upload }
}

/** @param {Response} response */
async function asJson(response) {
  return JSON.parse(await response.text())
}

const ulidDigits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** The time in 48 bits, then 80 at random, as commands are named. */
function makeUlid() {
  let value = (BigInt(Date.now()) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`)
  let text = ''
  for (let digit = 0; digit < 26; digit++) {
    text = (ulidDigits[Number(value & 31n)] ?? '') + text
    value >>= 5n
  }
  return text
}
