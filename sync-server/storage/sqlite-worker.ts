/** Entry of the worker thread that holds the SQLite file: its calls block until the disk answered. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'
import { assertNever } from '#common/domain/result.ts'
import type { FeedEntry } from './log-store.ts'
import { unpackCommits } from './packed-commits.ts'
import { buffersOf, packUpdates } from './packed-updates.ts'
import type { PackedFeed, PackedRooms, StoreReply, StoreRequest, WorkerMessage, WorkerOptions } from './sqlite-calls.ts'
import { SqliteLog, type CommitAnswer } from './sqlite-log.ts'

type CommitRequest = Extract<StoreRequest, { method: 'commit' }>
type OtherRequest = Exclude<StoreRequest, CommitRequest>

function start(port: MessagePort, { file, restored, unsynced }: WorkerOptions): void {
  const send = (message: WorkerMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)
  let log: SqliteLog
  try {
    log = new SqliteLog(file, unsynced !== true)
    if (restored) log.raiseEpoch()
  } catch (error) {
    return send({ type: 'not-opened', name: nameOf(error), message: messageOf(error) })
  }
  port.on('message', (first: StoreRequest[]) => {
    // Whatever came while the disk was busy belongs together: its commits share one transaction and one fsync.
    const requests = [...first]
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      requests.push(...(next.message as StoreRequest[]))
    const commits = requests.filter((request) => request.method === 'commit')
    if (commits.length > 0) {
      const answers = log.commitGroup(commits.map((request) => unpackCommits(request.args[0])))
      send({ type: 'replies', replies: commits.map((request, index) => replyTo(request, answers[index])) })
    }
    // Reads come after: what they see may be newer than when they were asked, never older.
    for (const request of requests) if (request.method !== 'commit') answer(log, request, send)
    if (requests.some((request) => request.method === 'close')) port.close()
  })
  send({ type: 'opened' })
}

function replyTo({ id }: CommitRequest, answer: CommitAnswer | undefined): StoreReply {
  if (answer === undefined) return { id, ok: false, error: 'unavailable', message: 'the commit was not taken' }
  return 'result' in answer ? { id, ok: true, answer: answer.result } : { id, ok: false, ...answer }
}

function answer(
  log: SqliteLog,
  request: OtherRequest,
  send: (message: WorkerMessage, moved?: ArrayBuffer[]) => void,
): void {
  try {
    const moved: ArrayBuffer[] = []
    const reply: StoreReply = { id: request.id, ok: true, answer: run(log, request, moved) }
    send({ type: 'replies', replies: [reply] }, moved)
  } catch (error) {
    const message = messageOf(error)
    send({ type: 'replies', replies: [{ id: request.id, ok: false, error: 'unavailable', message }] })
  }
}

/** Buffers put into `moved` change hands instead of being copied. */
function run(log: SqliteLog, request: OtherRequest, moved: ArrayBuffer[]): unknown {
  switch (request.method) {
    case 'epoch':
      return log.epoch()
    case 'position':
      return log.position()
    case 'heads':
      return log.heads(...request.args)
    case 'load':
      return moving(log.load(...request.args), moved)
    case 'readFeed':
      return packFeed(log.readFeed(...request.args), moved)
    case 'records':
      return log.records(...request.args)
    case 'readAudit':
      return log.readAudit(...request.args)
    case 'outcome':
      return log.outcome(...request.args)
    case 'greatestCommandId':
      return log.greatestCommandId(...request.args)
    case 'compact':
      return log.compact(...request.args)
    case 'close':
      return log.close()
    default:
      return assertNever(request)
  }
}

function moving(rooms: PackedRooms, moved: ArrayBuffer[]): PackedRooms {
  moved.push(...buffersOf(rooms.packed))
  return rooms
}

function packFeed({ entries, upTo }: { entries: FeedEntry[]; upTo: number }, moved: ArrayBuffer[]): PackedFeed {
  const packed = packUpdates(entries.flatMap((entry) => (entry.type === 'update' ? [entry.update] : [])))
  moved.push(...buffersOf(packed))
  const withoutBytes = entries.map((entry) => {
    if (entry.type === 'visibility') return entry
    const { update: _, ...rest } = entry
    return rest
  })
  return { entries: withoutBytes, packed, upTo }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error')
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

if (parentPort) start(parentPort, workerData as WorkerOptions)
