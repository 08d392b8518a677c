import * as Y from 'yjs'
import type { Room, RoomName, UserId } from '#common/domain/ids.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import type { RoomMessage } from '#common/protocol/room-messages.ts'
import { canReadRoom } from '../policy/room-access.ts'
import { holdsNothingNew } from '../rooms/outbox-check.ts'
import type { RoomFollower, RoomNews } from '../rooms/room-hub.ts'
import { mergedUpdate } from '../rooms/room-reader.ts'
import { scanLimits } from '../rooms/update-scanner.ts'
import type { RoomContent, UpdateSeq } from '../storage/log-store.ts'
import type { PresenceSeat } from './presence.ts'
import { sendTo, type RoomPort, type RoomRequest, type RoomSession, type SessionParts } from './room-session.ts'

/** Questions of one client about one room, in a second: an honest one asks once. */
const questionsPerSecond = 5

/**
 * A server-written room opened by a provider. The client is subscribed before anything is loaded, so that nothing falls in
 * between; it gets bytes from the store and then each update in the moment it is durable. No document is kept for it.
 */
export class FollowedRoom implements RoomSession, RoomFollower {
  readonly parsed: Room
  private readonly room: RoomName
  private readonly userId: UserId
  private readonly port: RoomPort
  private readonly parts: SessionParts
  private readonly leaveHub: () => void
  private readonly seat: PresenceSeat | undefined
  private state: 'silent' | 'loading' | 'live' | 'ended' = 'silent'
  private sentSeq: UpdateSeq = 0
  /** Updates that became durable while the room was being loaded. */
  private pending: RoomNews[] = []
  private question: Uint8Array | undefined
  private questions = 0
  private questionsSince = 0

  constructor({ room, parsed, userId }: RoomRequest, port: RoomPort, parts: SessionParts) {
    this.room = room
    this.parsed = parsed
    this.userId = userId
    this.port = port
    this.parts = parts
    this.leaveHub = parts.hub.add(room, this)
    const user = parts.pipeline.durable.users.get(userId)
    if (parsed.kind === 'chat' && user)
      this.seat = parts.presence.join(room, user, (update) => sendTo(port, { type: 'awareness', update }))
  }

  receive(message: RoomMessage): void {
    if (this.state === 'ended') return
    switch (message.type) {
      case 'sync-step-1':
        if (message.stateVector.length > scanLimits.stateVectorBytes)
          return this.close(closeCodes.malformed, 'E_COMMAND_INVALID')
        return this.ask(message.stateVector)
      case 'sync-step-2':
      case 'update':
        void this.refuseWrite(message.update)
        return
      case 'awareness':
        this.seat?.receive(message.update)
        return
      case 'query-awareness':
        this.seat?.query()
        return
    }
  }

  end(): void {
    if (this.state === 'ended') return
    this.state = 'ended'
    this.pending = []
    this.leaveHub()
    this.seat?.leave()
  }

  recheck(): void {
    if (!this.mayRead()) this.close(closeCodes.forbidden, 'E_REMOVED')
  }

  follow(news: RoomNews): void {
    if (this.state === 'loading') {
      this.pending.push(news)
      return
    }
    if (this.state !== 'live' || news.seq <= this.sentSeq) return
    if (this.port.isFull()) {
      void this.catchUp()
      return
    }
    this.sentSeq = news.seq
    this.port.send(news.payload)
  }

  private mayRead(): boolean {
    return canReadRoom(this.parts.pipeline.durable, this.userId, this.parsed)
  }

  private close(code: number, reason: string): void {
    if (this.state === 'ended') return
    this.end()
    this.port.close(code, reason)
  }

  /** Sync step 1: answered with what the client lacks. A question that comes while one is being answered takes its place in line. */
  private ask(stateVector: Uint8Array): void {
    if (!this.allowQuestion()) return this.close(closeCodes.rateLimited, 'E_RATE')
    this.question = stateVector
    if (this.state !== 'loading') void this.answer()
  }

  private allowQuestion(): boolean {
    const now = this.parts.clock.nowMs()
    if (now - this.questionsSince >= 1000) {
      this.questionsSince = now
      this.questions = 0
    }
    return ++this.questions <= questionsPerSecond
  }

  private async answer(): Promise<void> {
    this.state = 'loading'
    const first = this.sentSeq === 0
    const content = await this.load()
    if (!content) return
    const stateVector = this.question
    this.question = undefined
    if (stateVector) {
      const update = differenceOf(content, stateVector)
      if (!update) return this.close(closeCodes.malformed, 'E_COMMAND_INVALID')
      sendTo(this.port, { type: 'sync-step-2', update })
    }
    if (first) this.seat?.query()
    this.goLive(content.head)
  }

  /** The client could not take more for a while: what it missed comes from the log. */
  private async catchUp(): Promise<void> {
    this.state = 'loading'
    await this.port.drained()
    const content = await this.load()
    if (!content) return
    const { snapshot } = content
    if (snapshot && snapshot.seq > this.sentSeq) sendTo(this.port, { type: 'update', update: snapshot.update })
    for (const { seq, update } of content.updates) if (seq > this.sentSeq) sendTo(this.port, { type: 'update', update })
    this.goLive(content.head)
  }

  private goLive(head: UpdateSeq): void {
    this.sentSeq = Math.max(this.sentSeq, head)
    this.state = 'live'
    const pending = this.pending.splice(0)
    for (const news of pending) this.follow(news)
    if (this.question && this.state === 'live') void this.answer()
  }

  /** Undefined when the room was closed meanwhile, by either side. */
  private async load(): Promise<RoomContent | undefined> {
    try {
      const content = await this.parts.reader.read(this.room)
      if (this.state === 'ended') return undefined
      if (this.mayRead()) return content
      this.close(closeCodes.forbidden, 'E_REMOVED')
    } catch {
      this.close(closeCodes.overloaded, 'E_UNAVAILABLE')
    }
    return undefined
  }

  /** N4: nothing a client sends here is applied. What only repeats the room's content is passed over. */
  private async refuseWrite(update: Uint8Array): Promise<void> {
    if (update.length <= 2) return
    if (!this.allowQuestion()) return this.close(closeCodes.rateLimited, 'E_RATE')
    let repeats = false
    try {
      repeats = holdsNothingNew(update, mergedUpdate(await this.parts.reader.read(this.room)))
    } catch {
      return this.close(closeCodes.overloaded, 'E_UNAVAILABLE')
    }
    if (repeats || (this.state as string) === 'ended') return
    const detail = `write into a room of kind ${this.parsed.kind}`
    this.parts.report({ type: 'violation', code: 'E_READONLY', userId: this.userId, detail })
    this.close(closeCodes.forbidden, 'E_READONLY')
  }
}

/** What of a room is missing in a document with this state vector; undefined when it is none. */
function differenceOf(content: RoomContent, stateVector: Uint8Array): Uint8Array | undefined {
  try {
    const whole = mergedUpdate(content)
    // A client that has nothing knows zero writers: that spares decoding and encoding the whole room.
    const hasNothing = stateVector.length === 1 && stateVector[0] === 0
    return hasNothing ? whole : Y.diffUpdate(whole, stateVector)
  } catch {
    return undefined
  }
}
