import type { Viewer } from '#common/domain/permissions.ts'
import { commandIdOf, commandMaxBytes, parseCommand, type Command } from '#common/domain/command.ts'
import { readTicket } from '#common/documents/ticket-document.ts'
import { readMarkOf } from '#common/documents/personal-document.ts'
import { personalRoom, ticketRoom, type UserId } from '#common/domain/ids.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import type { Transaction } from '../rooms/transaction.ts'
import type { ServerEvent } from '../server-core.ts'
import type { CommandOutcome } from '../storage/log-store.ts'
import { auditOf } from './audit-of.ts'
import { canonicalJson, contentHash } from './content-hash.ts'
import { decide, roomsOf } from './decide.ts'
import type { DecisionContext } from './effects.ts'
import { chatsToLeave } from './user-change.ts'
import { executeEffects } from './execute-effects.ts'

export type Executed = Result<{ id: string; repeated: boolean }>
/** What there is to do, and the hash of its content. */
export type ReadCommand = { command: Command; hash: string }
/** A command of untrusted JSON after parsing, or the refusal with the id it goes to, when there is one. */
export type Parsed = ({ ok: true } & ReadCommand) | { ok: false; id: string | undefined; reason: Refusal }

/** Reads a command as somebody wrote it. */
export function readCommand(value: unknown, maxBytes: number): Parsed {
  const refused = (reason: Refusal): Parsed => ({ ok: false, id: commandIdOf(value), reason })
  const most = Math.min(maxBytes, commandMaxBytes)
  const parsed = parseCommand(value)
  if (!parsed.ok) return refused((bytesOf(value) ?? 0) > most ? refusal('E_COMMAND_TOO_BIG') : parsed.reason)
  // Its size is that of the text which is hashed: to write it as JSON once more would take as long as the rest.
  const canonical = canonicalJson(value)
  if (Buffer.byteLength(canonical) > most) return refused(refusal('E_COMMAND_TOO_BIG'))
  return { ok: true, command: parsed.value, hash: contentHash(canonical) }
}

/** Size as JSON; undefined for what is no JSON, or nested deeper than the stack. */
function bytesOf(value: unknown): number | undefined {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '')
  } catch {
    return undefined
  }
}

/** Takes commands of any origin: decides them in order, once each, and answers when their effects are durable. */
export class CommandService {
  private readonly pipeline: CommitPipeline
  private readonly nowMs: () => number
  private readonly report: (event: ServerEvent) => void
  private readonly hasPassword: (userId: UserId) => boolean

  constructor(
    pipeline: CommitPipeline,
    nowMs: () => number,
    report: (event: ServerEvent) => void,
    hasPassword: (userId: UserId) => boolean,
  ) {
    this.pipeline = pipeline
    this.nowMs = nowMs
    this.report = report
    this.hasPassword = hasPassword
  }

  /**
   * `settled` is called in the moment the command became durable, in the same turn as its effects are sent. A command
   * that `cancelled` tells of when its turn comes is not decided, and answered with E_UNAVAILABLE.
   */
  submit(
    userId: UserId,
    { command, hash }: ReadCommand,
    settled: (answer: Executed) => void,
    cancelled: () => boolean = () => false,
  ): void {
    const startedAt = this.nowMs()
    let answer: Executed = fail(refusal('E_UNAVAILABLE'))
    this.pipeline.submit({
      rooms: [...roomsOf(userId, command), ...chatsToLeave(this.pipeline.durable, command)],
      key: { userId, commandId: command.id },
      decide: (transaction, earlier) => {
        if (cancelled()) return
        answer = earlier ? repeatedAnswer(earlier, hash) : this.decideNew(transaction, userId, command, hash)
      },
      settled: (durable) => {
        const given = durable.ok ? answer : fail(refusal('E_UNAVAILABLE'))
        this.reportOutcome(userId, command, given, this.nowMs() - startedAt)
        settled(given)
      },
    })
  }

  private decideNew(transaction: Transaction, userId: UserId, command: Command, hash: string): Executed {
    const viewer = transaction.facts.viewer(userId)
    // Kept out of the memory of outcomes: an account that is switched on again must be able to send what it wrote.
    if (!viewer) return fail(refusal('E_FORBIDDEN'))
    const context = decisionContext(transaction, viewer, this.hasPassword)
    const decision = decide(context, command)
    // A passing refusal (C10) is not remembered either: the same command is decided anew.
    if (!decision.ok && decision.reason.code === 'E_UNAVAILABLE') return decision
    if (decision.ok) {
      transaction.audit(auditOf(context, command, decision.value))
      executeEffects(transaction, decision.value)
    }
    transaction.outcome({
      userId,
      commandId: command.id,
      contentHash: hash,
      ...(!decision.ok && { refusal: decision.reason }),
    })
    return decision.ok ? succeed({ id: command.id, repeated: false }) : decision
  }

  private reportOutcome(userId: UserId, command: Command, answer: Executed, durationMs: number): void {
    const outcome = !answer.ok ? 'refused' : answer.value.repeated ? 'repeated' : 'applied'
    const code = answer.ok ? undefined : answer.reason.code
    this.report({ type: 'command', command: command.type, userId, outcome, code, durationMs })
  }
}

/** C1: the same content has the same answer and no second effect. */
function repeatedAnswer(earlier: CommandOutcome, hash: string): Executed {
  if (earlier.contentHash !== hash) return fail(refusal('E_ID_CONFLICT', 'id'))
  return earlier.refusal ? fail(earlier.refusal) : succeed({ id: earlier.commandId, repeated: true })
}

export function decisionContext(
  transaction: Transaction,
  viewer: Viewer,
  hasPassword: DecisionContext['hasPassword'],
): DecisionContext {
  return {
    facts: transaction.facts,
    viewer,
    nowMs: transaction.nowMs,
    chat: (room) => transaction.open(room).chat,
    ticket: (ticketId) => readTicket(transaction.open(ticketRoom(ticketId)).document),
    hasPassword,
    isOpen: (room) => transaction.isOpen(room),
    readMark: (userId, room) => readMarkOf(transaction.open(personalRoom(userId)).document, room),
  }
}
