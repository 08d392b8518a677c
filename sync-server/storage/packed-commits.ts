import type { RoomName } from '#common/domain/ids.ts'
import type { Commit, CommandOutcome, UpdateSeq } from './log-store.ts'
import { packUpdates, unpackUpdates } from './packed-updates.ts'
import type { PackedCommits } from './sqlite-calls.ts'

/** A commit as the engine stores it: values of records are JSON text already, null where the record goes. */
export type StoredCommit = Omit<Commit, 'records'> & {
  records: { kind: string; key: string; json: string | null }[]
}

type WithoutBytes = Omit<StoredCommit, 'appends'> & {
  appends: { room: RoomName; expectedHead: UpdateSeq; count: number; isRewritten: boolean }[]
  outcome?: CommandOutcome | undefined
}

export function packCommits(commits: readonly Commit[]): PackedCommits {
  const updates: Uint8Array[] = []
  const withoutBytes = commits.map(({ appends, records, visibility, outcome, audit }): WithoutBytes => {
    for (const append of appends) updates.push(...append.updates, ...(append.rewritten ? [append.rewritten] : []))
    return {
      appends: appends.map(({ room, expectedHead, updates: { length }, rewritten }) => ({
        room,
        expectedHead,
        count: length,
        isRewritten: rewritten !== undefined,
      })),
      records: records.map(({ kind, key, value }) => ({
        kind,
        key,
        json: value === null ? null : JSON.stringify(value),
      })),
      visibility,
      outcome,
      audit,
    }
  })
  return { json: JSON.stringify(withoutBytes), packed: packUpdates(updates) }
}

export function unpackCommits({ json, packed }: PackedCommits): StoredCommit[] {
  const updates = unpackUpdates(packed)
  let taken = 0
  // Written by packCommits in this process: nothing of it is foreign.
  return (JSON.parse(json) as WithoutBytes[]).map((commit) => ({
    ...commit,
    appends: commit.appends.map(({ room, expectedHead, count, isRewritten }) => {
      const own = updates.slice(taken, taken + count)
      taken += count
      return { room, expectedHead, updates: own, rewritten: isRewritten ? updates[taken++] : undefined }
    }),
  }))
}
