import type { CommandOf } from '#common/domain/command.ts'
import type { TicketId, UserId } from '#common/domain/ids.ts'
import { canAssign, canCreateTicket, type Viewer } from '#common/domain/permissions.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'
import type { HistoryEntry, Ticket } from '#common/domain/ticket.ts'
import { refusal, type Refusal } from '#common/protocol/refusals.ts'
import type { CommitPipeline } from '../rooms/commit-pipeline.ts'
import type { Transaction } from '../rooms/transaction.ts'
import type { ImportAnswer, ImportItem } from '../server-core.ts'
import type { LogStore } from '../storage/log-store.ts'
import { auditOf } from './audit-of.ts'
import { decisionContext, readCommand } from './command-service.ts'
import { canonicalJson, contentHash } from './content-hash.ts'
import { roomsOf } from './decide.ts'
import type { Decision, DecisionContext } from './effects.ts'
import { executeEffects } from './execute-effects.ts'
import { decideTicketCreate } from './ticket-create.ts'
import { openChats } from './ticket-people.ts'

type ReadItem = { command: CommandOf<'ticket.create'>; assigneeId: UserId | null; hash: string }

/** Which tickets were imported: ticket id → hash of what they were imported from. */
const recordKind = 'import'

/**
 * Imports tickets, all in one transaction of the store or none. Everything is decided before anything is done: what is
 * decided can not be taken back once it was executed on the state that runs ahead.
 */
export class TicketImport {
  private readonly pipeline: CommitPipeline
  private readonly store: LogStore
  private readonly commandBytes: number
  /** One after another: each looks up what the ones before it have stored. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(pipeline: CommitPipeline, store: LogStore, commandBytes: number) {
    this.pipeline = pipeline
    this.store = store
    this.commandBytes = commandBytes
  }

  /** Refused as a whole with E_FORBIDDEN or E_UNAVAILABLE. Rejects with StoreUnavailable when the store can not be read. */
  run(userId: UserId, items: readonly ImportItem[], dryRun: boolean): Promise<Result<ImportAnswer>> {
    const answered = this.turn.then(() => this.runAlone(userId, items, dryRun))
    this.turn = Promise.allSettled([answered])
    return answered
  }

  private async runAlone(userId: UserId, items: readonly ImportItem[], dryRun: boolean): Promise<Result<ImportAnswer>> {
    const known = await this.store.records(recordKind)
    const read = items.map((item) => readItem(item, this.commandBytes))
    const rooms = read.flatMap((item) =>
      dryRun || !item.ok || known.has(item.value.command.id) ? [] : roomsOf(userId, item.value.command),
    )
    return new Promise((resolve) => {
      let answer: Result<ImportAnswer> = fail(refusal('E_UNAVAILABLE'))
      this.pipeline.submit({
        rooms,
        decide: (transaction) => {
          answer = decideImport(transaction, userId, read, known, dryRun)
        },
        settled: (durable) => resolve(durable.ok ? answer : fail(refusal('E_UNAVAILABLE'))),
      })
    })
  }
}

function readItem({ create, assigneeId }: ImportItem, commandBytes: number): Result<ReadItem> {
  const parsed = readCommand(create, commandBytes)
  if (!parsed.ok) return fail(parsed.reason)
  const { command } = parsed
  if (command.type !== 'ticket.create') return fail(refusal('E_COMMAND_INVALID', 'type'))
  // Without the time of writing: the same file is the same file tomorrow.
  const content = canonicalJson({ fields: command.fields, assigneeId })
  return succeed({ command, assigneeId, hash: contentHash(content) })
}

function decideImport(
  transaction: Transaction,
  userId: UserId,
  items: readonly Result<ReadItem>[],
  known: ReadonlyMap<TicketId, unknown>,
  dryRun: boolean,
): Result<ImportAnswer> {
  const viewer = transaction.facts.viewer(userId)
  if (viewer?.kind !== 'employee' || !canCreateTicket(viewer)) return fail(refusal('E_FORBIDDEN'))
  const context = decisionContext(transaction, viewer, () => true)
  const { fresh, repeated, errors } = sort(context, items, known)
  if (errors.length > 0) return succeed({ imported: 0, repeated, errors })
  if (!dryRun) for (const item of fresh) importOne(transaction, viewer, item)
  return succeed({ imported: fresh.length, repeated, errors })
}

/** What is to be done about each item, decided without doing anything. */
function sort(
  context: DecisionContext,
  items: readonly Result<ReadItem>[],
  known: ReadonlyMap<TicketId, unknown>,
): { fresh: ReadItem[]; repeated: number; errors: ImportAnswer['errors'] } {
  const fresh = new Map<TicketId, ReadItem>()
  const errors: ImportAnswer['errors'] = []
  let repeated = 0
  for (const [index, item] of items.entries()) {
    const refused = item.ok ? refusalOf(context, item.value, fresh, known) : item.reason
    if (refused === 'repeated') repeated++
    else if (refused) errors.push({ index, refusal: refused })
    else if (item.ok) fresh.set(item.value.command.id, item.value)
  }
  return { fresh: [...fresh.values()], repeated, errors }
}

function refusalOf(
  context: DecisionContext,
  item: ReadItem,
  fresh: ReadonlyMap<TicketId, unknown>,
  known: ReadonlyMap<TicketId, unknown>,
): Refusal | 'repeated' | undefined {
  const { id } = item.command
  if (fresh.has(id)) return refusal('E_ID_CONFLICT', 'id')
  if (known.has(id)) return known.get(id) === item.hash ? 'repeated' : refusal('E_ID_CONFLICT', 'id')
  const decision = decideImported(context, item)
  return decision.ok ? undefined : decision.reason
}

function importOne(transaction: Transaction, viewer: Viewer, item: ReadItem): void {
  const context = decisionContext(transaction, viewer, () => true)
  const decision = decideImported(context, item)
  if (!decision.ok) throw new Error(`what was allowed is refused: ${decision.reason.code}`)
  transaction.audit(auditOf(context, item.command, decision.value))
  executeEffects(transaction, decision.value)
  transaction.commit.records.push({ kind: recordKind, key: item.command.id, value: item.hash })
}

/** A new ticket that may have its assignee from the beginning. */
function decideImported(context: DecisionContext, { command, assigneeId }: Omit<ReadItem, 'hash'>): Decision {
  const created = decideTicketCreate(context, command)
  if (!created.ok || assigneeId === null) return created
  const opening = created.value.find((effect) => effect.type === 'ticket')
  if (!opening?.history) throw new Error('a new ticket has no history')
  if (!canAssign(context.viewer, accessOf(opening.ticket))) return fail(refusal('E_FORBIDDEN', 'assigneeId'))
  const assignee = context.facts.users.get(assigneeId)
  if (!assignee?.active || assignee.kind !== 'employee' || assignee.integration)
    return fail(refusal('E_NOT_FOUND', 'assigneeId'))
  const ticket: Ticket = { ...opening.ticket, assigneeId, stage: 'assigned' }
  const changes = [
    { field: 'stage', from: null, to: ticket.stage },
    { field: 'assigneeId', from: null, to: assigneeId },
  ]
  const history: HistoryEntry = { ...opening.history, changes }
  return succeed([{ type: 'ticket', ticket, history }, ...openChats(context, ticket)])
}

function accessOf({ assigneeId, requesterId, customerId, stage, fields }: Ticket): Parameters<typeof canAssign>[1] {
  const { district = '', company = '' } = fields
  const participants = { team: new Set<UserId>(), customer: new Set<UserId>() }
  return { assigneeId, requesterId, customerId, stage, district, company, participants }
}
