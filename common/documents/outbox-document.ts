import type * as Y from 'yjs'
import { refusalSchema, type Refusal } from '../protocol/refusals.ts'
import type { CommandId } from '../domain/ids.ts'

/**
 * Document of room `outbox.<deviceId>`. `commands`: Y.Array of command JSON that only the device appends to and only the
 * server strikes off. `refused`: Y.Map of command id → refusal, written by the server, cleared by the device once shown.
 */
const commandsOf = (document: Y.Doc): Y.Array<unknown> => document.getArray('commands')
const refusedOf = (document: Y.Doc): Y.Map<unknown> => document.getMap('refused')

export const outboxTypeNames = ['commands', 'refused'] as const

/** Device: appends a command after those that wait already. */
export function appendCommand(document: Y.Doc, command: object): void {
  commandsOf(document).push([command])
}

/** The waiting commands in their order, as untrusted JSON. */
export function readCommands(document: Y.Doc): unknown[] {
  return commandsOf(document).toArray()
}

export function countCommands(document: Y.Doc): number {
  return commandsOf(document).length
}

/** Device: takes a command back that the server has not struck off. Returns whether it was still there. */
export function withdrawCommand(document: Y.Doc, id: CommandId): boolean {
  const index = readCommands(document).findIndex((command) => hasId(command, id))
  if (index < 0) return false
  commandsOf(document).delete(index)
  return true
}

/** Server: strikes off the first commands once they are durable, and tells which of them it will not take. */
export function strikeOff(document: Y.Doc, count: number, refusals: ReadonlyMap<CommandId, Refusal>): void {
  document.transact(() => {
    for (const [id, refusal] of refusals) refusedOf(document).set(id, refusal)
    commandsOf(document).delete(0, count)
  })
}

export function readRefused(document: Y.Doc): Map<CommandId, Refusal> {
  const refused = new Map<CommandId, Refusal>()
  for (const [id, value] of refusedOf(document)) {
    const parsed = refusalSchema.safeParse(value)
    if (parsed.success) refused.set(id, parsed.data)
  }
  return refused
}

/** Device: forgets refusals that it keeps elsewhere now. */
export function clearRefused(document: Y.Doc, ids: Iterable<CommandId>): void {
  document.transact(() => {
    for (const id of ids) refusedOf(document).delete(id)
  })
}

/** Calls back after each change with what left the list and what is refused; returns the disposer. */
export function observeOutbox(document: Y.Doc, listener: () => void): () => void {
  const observer = (): void => listener()
  commandsOf(document).observe(observer)
  refusedOf(document).observe(observer)
  return () => {
    commandsOf(document).unobserve(observer)
    refusedOf(document).unobserve(observer)
  }
}

function hasId(command: unknown, id: CommandId): boolean {
  return typeof command === 'object' && command !== null && 'id' in command && command.id === id
}
