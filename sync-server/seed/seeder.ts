import { readEntries } from '#common/documents/chat-document.ts'
import type { CommandOf, CommandType } from '#common/domain/command.ts'
import { chatRoom, createUlidSource, type FillRandom, type TicketId, type UserId } from '#common/domain/ids.ts'
import type { Entry } from '#common/domain/message.ts'
import { baseRoles } from '#common/domain/role.ts'
import * as Y from 'yjs'
import { createServerCore } from '../create-server-core.ts'
import { startLimits } from '../limits.ts'
import type { ServerCore } from '../server-core.ts'
import type { LogStore } from '../storage/log-store.ts'
import { demoOrganisation, demoPeople } from './demo/people.ts'
import { SeedClock } from './seed-clock.ts'

type WithoutEnvelope<Type extends CommandType> = Omit<CommandOf<Type>, 'id' | 'writtenAt' | 'type'>

/** Fills a store through the server's own core, as if people had worked with it: what no command allows is not there. */
export class Seeder {
  readonly clock: SeedClock
  private readonly core: ServerCore
  private readonly store: LogStore
  private readonly nextId: () => string

  static async start(store: LogStore, startMs: number): Promise<Seeder> {
    const clock = new SeedClock(startMs)
    // Nobody connects while the store is filled.
    const core = await createServerCore({
      store,
      clock,
      limits: startLimits,
      verifyToken: () => undefined,
      report: () => {},
    })
    await core.writeDirectory({ organisation: demoOrganisation, roles: [...baseRoles], users: demoPeople })
    return new Seeder(store, core, clock)
  }

  private constructor(store: LogStore, core: ServerCore, clock: SeedClock) {
    this.store = store
    this.core = core
    this.clock = clock
    this.nextId = createUlidSource(() => clock.nowMs(), repeatableBytes())
  }

  /** Resolves with the command's id. Throws when the core refuses: what is written here must be right. */
  async execute<Type extends CommandType>(userId: UserId, type: Type, fields: WithoutEnvelope<Type>): Promise<string> {
    const writtenAt = new Date(this.clock.nowMs()).toISOString()
    const result = await this.core.execute(userId, { id: this.nextId(), type, writtenAt, ...fields })
    if (!result.ok) throw new Error(`${type} of ${userId} is refused: ${JSON.stringify(result.reason)}`)
    return result.value.id
  }

  addUpload(...upload: Parameters<ServerCore['media']['addUpload']>): Promise<void> {
    return this.core.media.addUpload(...upload)
  }

  /** The chats of tickets as they are stored. */
  async entriesOf(ticketIds: readonly TicketId[]): Promise<Map<TicketId, Entry[]>> {
    const contents = await this.store.loadMany(ticketIds.map((id) => chatRoom(id, 'customer')))
    return new Map(
      ticketIds.map((id) => {
        const document = new Y.Doc()
        const content = contents.get(chatRoom(id, 'customer'))
        const { snapshot, updates = [] } = content ?? {}
        for (const { update } of snapshot ? [snapshot, ...updates] : updates) Y.applyUpdate(document, update)
        return [id, readEntries(document)]
      }),
    )
  }

  finish(): Promise<void> {
    return this.core.drain()
  }
}

/** Every demonstration has the same ids but for their times. */
function repeatableBytes(): FillRandom {
  let state = 0x2f6e2b1
  return (bytes) =>
    bytes.map(() => {
      // A step of xorshift32.
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state & 255
    })
}
