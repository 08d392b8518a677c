import * as Y from 'yjs'
import { readCommands, strikeOff } from '#common/documents/outbox-document.ts'
import type { DeviceId, UserId } from '#common/domain/ids.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import type { RoomMessage } from '#common/protocol/room-messages.ts'
import { readCommand, type Executed, type Parsed } from '../commands/command-service.ts'
import { writerOf } from '../rooms/open-document.ts'
import { checkOutboxUpdate, hasPending } from '../rooms/outbox-check.ts'
import { scanLimits } from '../rooms/update-scanner.ts'
import { sendTo, type RoomPort, type RoomRequest, type RoomSession, type SessionParts } from './room-session.ts'

/** Commands of one device that are decided and stored at a time: as many as its burst, so that one fsync serves them all. */
const windowCommands = 200
const firstRetryMs = 500
const longestRetryMs = 30_000

type Progress = { state: 'running' } | { state: 'done'; refused?: [id: string, reason: Refusal] | undefined }

/**
 * The room in which a device hands over its commands. The server's copy of the document lives as long as the connection
 * and is stored nowhere: the device brings back what is still in it. Commands are taken in their order, at the device's
 * pace, and struck off once they are durable.
 */
export class OutboxSession implements RoomSession {
  private readonly userId: UserId
  private readonly deviceId: DeviceId
  private readonly port: RoomPort
  private readonly parts: SessionParts
  private readonly violated: (detail: string) => void
  private readonly document: Y.Doc
  private readonly serverClient: number
  private readonly arrived: Extract<RoomMessage, { update: Uint8Array; type: 'sync-step-2' | 'update' }>[] = []
  private readonly progress = new Map<unknown, Progress>()
  /** Raised when what is on its way must not be decided any more: a command before it could not be stored. */
  private round = { cancelled: false }
  private running = 0
  private retryMs = 0
  private synced = false
  private ended = false
  private strikeWanted = false
  private bytesTaken = 0
  private cancelTimer: (() => void) | undefined

  /** `violated` is told when the device's document had to be dropped. */
  constructor(
    { room, userId }: RoomRequest,
    deviceId: DeviceId,
    port: RoomPort,
    parts: SessionParts,
    violated: (detail: string) => void,
  ) {
    this.userId = userId
    this.deviceId = deviceId
    this.port = port
    this.parts = parts
    this.violated = violated
    this.serverClient = writerOf(room)
    this.document = new Y.Doc({ guid: room })
    parts.outboxes.get(deviceId)?.supersede()
    parts.outboxes.set(deviceId, this)
    // Asks for all the device has: only with that the server may write into the document.
    sendTo(port, { type: 'sync-step-1', stateVector: Y.encodeStateVector(this.document) })
  }

  receive(message: RoomMessage): void {
    if (this.ended) return
    switch (message.type) {
      case 'sync-step-1':
        this.applyArrived()
        return this.answer(message.stateVector)
      case 'sync-step-2':
      case 'update':
        // What one read of the socket brought is applied together: Yjs tidies up after each transaction.
        if (this.arrived.push(message) === 1) queueMicrotask(() => this.applyArrived())
        return
      case 'awareness':
      case 'query-awareness':
        return
    }
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    this.cancelTimer?.()
    this.progress.clear()
    this.document.destroy()
    if (this.parts.outboxes.get(this.deviceId) === this) this.parts.outboxes.delete(this.deviceId)
  }

  supersede(): void {
    this.close(closeCodes.superseded, 'superseded')
  }

  /** Strikes off, in one update, what was settled with the last group. */
  groupEnded(): void {
    if (!this.strikeWanted || this.ended) return
    this.strikeWanted = false
    const refusals = new Map<string, Refusal>()
    const commands = readCommands(this.document)
    let count = 0
    for (const command of commands) {
      const progress = this.progress.get(command)
      if (progress?.state !== 'done') break
      if (progress.refused) refusals.set(...progress.refused)
      count++
    }
    const left = new Set(commands.slice(count))
    for (const [command, { state }] of this.progress)
      if (state === 'done' && !left.has(command)) this.progress.delete(command)
    if (count > 0) {
      // Only now: Yjs takes another clientID when it meets its own in what it reads, as it does after a restart.
      this.document.clientID = this.serverClient
      // Listened to for this one change: with a listener Yjs would encode again each update that comes in.
      this.document.once('update', (update: Uint8Array) => sendTo(this.port, { type: 'update', update }))
      strikeOff(this.document, count, refusals)
    }
    this.take()
  }

  private answer(stateVector: Uint8Array): void {
    try {
      if (stateVector.length > scanLimits.stateVectorBytes) throw new Error('state vector too long')
      sendTo(this.port, { type: 'sync-step-2', update: Y.encodeStateAsUpdate(this.document, stateVector) })
    } catch {
      this.drop('state vector')
    }
  }

  private applyArrived(): void {
    const arrived = this.arrived.splice(0)
    if (this.ended || arrived.length === 0) return
    let wrong: string | undefined
    this.document.transact(() => {
      for (const { type, update } of arrived) {
        // Before the device's first sync step 2 an update may lack its predecessors; that step brings it again.
        if (type === 'sync-step-2' || this.synced) wrong ??= this.apply(update)
      }
    })
    wrong ??= this.tooBig() ? 'document too big' : undefined
    if (wrong === undefined) this.take()
    else this.drop(wrong)
  }

  /** Returns what is wrong with it. */
  private apply(update: Uint8Array): string | undefined {
    const checked = checkOutboxUpdate(update, this.document, this.serverClient, this.synced)
    if (!checked.ok) return checked.reason
    try {
      Y.applyUpdate(this.document, update)
    } catch (error) {
      return String(error)
    }
    if (hasPending(this.document)) return 'pending structs'
    this.bytesTaken += update.length
    this.synced = true
    return undefined
  }

  private tooBig(): boolean {
    const most = this.parts.limits.outboxDocumentBytes
    if (this.bytesTaken > most) this.bytesTaken = Y.encodeStateAsUpdate(this.document).length
    return this.bytesTaken > most
  }

  private drop(detail: string): void {
    this.violated(detail)
    this.close(closeCodes.malformed, 'E_COMMAND_INVALID')
  }

  private close(code: number, reason: string): void {
    if (this.ended) return
    this.end()
    this.port.close(code, reason)
  }

  /** Hands over the next commands, as many as the pace allows. */
  private take(): void {
    if (this.ended || this.cancelTimer || this.running >= windowCommands) return
    for (const command of readCommands(this.document)) {
      if (this.progress.has(command)) continue
      if (this.running >= windowCommands) return
      const parsed = readCommand(command, this.parts.limits.commandBytes)
      const waitMs = this.paceOf(parsed)
      if (waitMs > 0) return this.takeLater(waitMs)
      this.run(command, parsed)
      if (this.ended) return
    }
  }

  private takeLater(delayMs: number): void {
    this.cancelTimer = this.parts.clock.after(delayMs, () => {
      this.cancelTimer = undefined
      this.take()
    })
  }

  /** How long the next command must wait; takes its tokens when it need not. */
  private paceOf(parsed: Parsed): number {
    const now = this.parts.clock.nowMs()
    const pace = this.parts.conduct.ofDevice(this.deviceId)
    const { messages } = this.parts.conduct.ofUser(this.userId)
    const isMessage = parsed.ok && parsed.command.type === 'message.post'
    const waitMs = Math.max(pace.waitMs(now), isMessage ? messages.waitMs(now) : 0)
    if (waitMs > 0) return waitMs
    pace.take(now)
    if (isMessage) messages.take(now)
    return 0
  }

  private run(command: unknown, parsed: Parsed): void {
    if (!parsed.ok) {
      const { id, reason } = parsed
      // It can be refused nowhere, and to strike it off would say that it was taken (SPEC.md, C8).
      if (id === undefined) this.drop('command without a usable id')
      else this.refuse(command, id, reason)
      return
    }
    const { round } = this
    this.running++
    this.progress.set(command, { state: 'running' })
    const settled = (answer: Executed): void => this.settle(command, parsed.command.id, answer, round)
    this.parts.commands.submit(this.userId, parsed, settled, () => round.cancelled)
  }

  /** Not a command, but it has an id. */
  private refuse(command: unknown, id: string, reason: Refusal): void {
    this.progress.set(command, { state: 'done', refused: [id, reason] })
    this.strikeWanted = true
    // After what came before it: the order of the list is the order of striking off.
    this.parts.pipeline.submit({ rooms: [], decide: () => undefined, settled: () => undefined })
  }

  private settle(command: unknown, id: string, answer: Executed, round: { cancelled: boolean }): void {
    this.running--
    if (!answer.ok && answer.reason.code === 'E_UNAVAILABLE') {
      this.progress.delete(command)
      if (!round.cancelled) this.retryLater(round)
      return
    }
    if (this.ended) return
    this.retryMs = 0
    this.progress.set(command, { state: 'done', refused: answer.ok ? undefined : [id, answer.reason] })
    this.strikeWanted = true
  }

  /** Nothing after a command that could not be stored may overtake it: all that is on its way comes back first. */
  private retryLater(round: { cancelled: boolean }): void {
    round.cancelled = true
    if (this.ended) return
    this.round = { cancelled: false }
    this.retryMs = Math.min(longestRetryMs, Math.max(firstRetryMs, this.retryMs * 2))
    this.cancelTimer?.()
    this.takeLater(this.retryMs)
  }
}
