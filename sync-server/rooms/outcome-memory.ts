import type { UserId } from '#common/domain/ids.ts'
import type { CommandOutcome, LogStore } from '../storage/log-store.ts'
import type { OutcomeKey } from './transaction.ts'

/**
 * What became of commands, for telling a repetition from a new one. Ids of a device rise with time (ULID), so one above all
 * that its user ever had decided is new, and the store need not be asked: the usual case. That is only a short cut; the
 * store refuses to keep a second outcome of one command.
 */
export class OutcomeMemory {
  private readonly store: LogStore
  /** Decided but not durable yet. */
  private readonly undurable = new Map<string, CommandOutcome>()
  /** The greatest id decided, by user. One that never became durable may be among them: that costs a look into the store. */
  private readonly greatest = new Map<UserId, string>()

  constructor(store: LogStore) {
    this.store = store
  }

  async find(key: OutcomeKey): Promise<CommandOutcome | undefined> {
    // Asked now, before the store: a commit that ends meanwhile leaves this map for the store, never the other way round.
    const known = this.undurable.get(nameOf(key))
    if (known) return known
    let greatest = this.greatest.get(key.userId)
    if (greatest === undefined) {
      greatest = (await this.store.greatestCommandId(key.userId)) ?? ''
      this.raise(key.userId, greatest)
    }
    return key.commandId > greatest ? undefined : this.store.outcome(key.userId, key.commandId)
  }

  /** The outcome of a decision that is not durable yet. */
  findUndurable(key: OutcomeKey): CommandOutcome | undefined {
    return this.undurable.get(nameOf(key))
  }

  decided(outcome: CommandOutcome): void {
    this.undurable.set(nameOf(outcome), outcome)
    this.raise(outcome.userId, outcome.commandId)
  }

  durable(outcome: CommandOutcome): void {
    this.undurable.delete(nameOf(outcome))
  }

  /** What is not durable is lost, and somebody else may have written into the store. */
  forget(): void {
    this.undurable.clear()
    this.greatest.clear()
  }

  private raise(userId: UserId, commandId: string): void {
    if (commandId >= (this.greatest.get(userId) ?? '')) this.greatest.set(userId, commandId)
  }
}

function nameOf({ userId, commandId }: OutcomeKey): string {
  return `${userId} ${commandId}`
}
