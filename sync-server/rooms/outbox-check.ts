import * as Y from 'yjs'
import { outboxTypeNames } from '#common/documents/outbox-document.ts'
import { fail, type Result } from '#common/domain/result.ts'
import { scanUpdate, type ScannedId, type ScannedStruct, type ScannedUpdate } from './update-scanner.ts'

type Known = (client: number) => number

/**
 * Whether an update of a device may be applied to the server's copy of its outbox: whole, without gaps, commands in the
 * list only, and deletions only of what exists. `serverClient` alone writes refusals; `synced` is false for the first sync
 * step 2, in which a device brings everything back, the server's own words included.
 */
export function checkOutboxUpdate(
  update: Uint8Array,
  document: Y.Doc,
  serverClient: number,
  synced: boolean,
): Result<ScannedUpdate, string> {
  const scanned = scanUpdate(update)
  if (!scanned.ok) return scanned
  const ends = new Map<number, number>()
  for (const { client, structs } of scanned.value.blocks) {
    const last = structs.at(-1)
    if (last) ends.set(client, last.clock + last.length)
  }
  const had: Known = (client) => Y.getState(document.store, client)
  const has: Known = (client) => Math.max(had(client), ends.get(client) ?? 0)
  for (const { client, structs } of scanned.value.blocks) {
    const first = structs[0]
    if (!first) return fail('block without structs')
    if (first.clock > had(client)) return fail('gap before the update')
    if (synced && client === serverClient && (ends.get(client) ?? 0) > had(client)) return fail('written as the server')
    for (const struct of structs) {
      const wrong = checkStruct(struct, client, serverClient, has)
      if (wrong !== undefined) return fail(wrong)
    }
  }
  for (const { client, clock, length } of scanned.value.deletes)
    if (clock + length > has(client)) return fail('deletes what does not exist')
  return scanned
}

function checkStruct(struct: ScannedStruct, client: number, serverClient: number, has: Known): string | undefined {
  const { root, key, origin, rightOrigin, clock } = struct
  const dangling = (id: ScannedId | undefined): boolean =>
    id !== undefined && (id.client === client ? id.clock >= clock : id.clock >= has(id.client))
  if (dangling(origin) || dangling(rightOrigin)) return 'predecessor that does not exist'
  if (root === undefined) return undefined
  const [commands, refused] = outboxTypeNames
  if (root === commands) return key === undefined ? undefined : 'a key in the list of commands'
  if (root !== refused) return 'unknown type'
  if (key === undefined) return 'a list among the refusals'
  return client === serverClient ? undefined : 'refusals are written by the server'
}

/** What Yjs could not place: a document with such a rest must be dropped. */
export function hasPending(document: Y.Doc): boolean {
  return document.store.pendingStructs !== null || document.store.pendingDs !== null
}

/**
 * SPEC.md, N4: whether an update sent into a server-written room only repeats what `stored` (all of the room in one update)
 * holds already.
 */
export function holdsNothingNew(update: Uint8Array, stored: Uint8Array): boolean {
  const scanned = scanUpdate(update)
  if (!scanned.ok) return false
  const known = Y.parseUpdateMeta(stored).to
  const isKnown = ({ client, structs }: ScannedUpdate['blocks'][number]): boolean =>
    structs.every((struct) => struct.clock + struct.length <= (known.get(client) ?? 0))
  if (!scanned.value.blocks.every(isKnown)) return false
  const { deletes } = scanned.value
  if (deletes.length === 0) return true
  const deleted = Y.decodeUpdate(stored).ds.clients
  return deletes.every(({ client, clock, length }) => {
    const ranges = deleted.get(client) ?? []
    return ranges.some((range) => range.clock <= clock && clock + length <= range.clock + range.len)
  })
}
