import type { JournalEntry } from '#common/ipc.ts'
import type { Connection } from '#server/server-core.ts'
import type { Commit, CommitResult, LogStore } from '#server/storage/log-store.ts'
import { forward } from './client-watch.ts'
import { lateProjection } from './device-disk.ts'
import { alwaysSplit, cancelForgotten, feedAfterRemoval, locksForgotten, splitCrossPost } from './planted-on-rights.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Plants } from './simulation.ts'

/**
 * Defects of the kind the simulation is there for, each put between a core and one of its ports. That they are found is
 * the proof that a clean run means something.
 */
export type PlantedBug = {
  name: string
  /** Promises of which one must be reported broken. */
  breaks: readonly string[]
  plants: Plants
}

/** «Stored», says the store, while the disk is still at it: a crash loses what was promised. */
function acknowledgeBeforeSync(store: LogStore): LogStore {
  let position = 0
  return forward(store, {
    commit: async (commits) => {
      position = Math.max(position, await store.position())
      void store.commit(commits).catch(() => undefined)
      return commits.map((commit): CommitResult => ({ position: (position += sizeOf(commit)) }))
    },
  })
}

/** «Stored», says the store, though the disk was full. */
function acknowledgeFailure(store: LogStore): LogStore {
  return forward(store, {
    commit: async (commits) => {
      try {
        return await store.commit(commits)
      } catch {
        const position = await store.position()
        return commits.map(() => ({ position }))
      }
    },
  })
}

/** The memory against doing things twice is not asked. */
function skipDedupe(store: LogStore): LogStore {
  const withoutRepeated = async ({ outcome, ...effects }: Commit): Promise<Commit> =>
    outcome && (await store.outcome(outcome.userId, outcome.commandId)) ? effects : { ...effects, outcome }
  return forward(store, {
    outcome: () => Promise.resolve(undefined),
    commit: async (commits) => store.commit(await Promise.all(commits.map(withoutRepeated))),
  })
}

/** What waited for the team goes to the customer after a restart. */
const toTheCustomer: Plants = {
  device: {
    journal: (journal) =>
      forward(journal, {
        read: async (account: string) => {
          const content = await journal.read(account)
          const items = content.items.map((item) => ({ ...item, value: item.value.replace('"team"', '"customer"') }))
          return { ...content, items }
        },
      }),
  },
}

/** After a restart roles are read as they were first written, whatever was taken from them since. */
function staleRights(): (store: LogStore) => LogStore {
  const first = new Map<string, unknown>()
  return (store) =>
    forward(store, {
      records: async (kind) => {
        const now = await store.records(kind)
        if (kind === 'role') for (const [key, value] of now) if (!first.has(key)) first.set(key, value)
        return new Map([...now].map(([key, value]) => [key, (kind === 'role' && first.get(key)) || value]))
      },
    })
}

/** After a restart nobody knows that something is still to be erased. */
function erasuresForgotten(store: LogStore): LogStore {
  return forward(store, {
    records: (kind) => (kind === 'erasure' ? Promise.resolve(new Map()) : store.records(kind)),
  })
}

/** A blanked room is stored like any other change: the words before it stay where they are. */
function nothingRewritten(store: LogStore): LogStore {
  const kept = ({ appends, ...commit }: Commit): Commit => ({
    ...commit,
    appends: appends.map(({ rewritten: _rewritten, ...append }) => append),
  })
  return forward(store, { commit: (commits) => store.commit(commits.map(kept)) })
}

/** The feed leaves something out now and then and says that it was complete. */
function feedWithHoles(store: LogStore, chance: SeededRandom): LogStore {
  return forward(store, {
    readFeed: async (position, limit, userId) => {
      const { entries, upTo } = await store.readFeed(position, limit, userId)
      const isLast = (index: number): boolean => index === entries.length - 1
      return { entries: entries.filter((_, index) => !isLast(index) || chance.chance(0.2)), upTo }
    },
  })
}

/** What is meant for one connection goes to the one opened last as well. */
function wrongRecipient(): (connection: Connection) => Connection {
  let last: Connection | undefined
  return (connection) => {
    const { send } = connection
    last = connection
    return {
      ...connection,
      send: (message) => {
        send(message)
        if (last !== connection) last?.send(message)
      },
    }
  }
}

function sizeOf({ appends, visibility }: Commit): number {
  return appends.reduce((sum, { updates }) => sum + updates.length, 0) + visibility.length
}

export function plantedBugs(): PlantedBug[] {
  return [
    {
      name: 'acknowledged before it was synced',
      breaks: ['P2', 'P4', 'C4', 'P3', 'P5', 'P7'],
      plants: { store: acknowledgeBeforeSync },
    },
    {
      name: 'acknowledged though the disk was full',
      breaks: ['P2', 'P4', 'C4', 'P5'],
      plants: { store: acknowledgeFailure },
    },
    { name: 'dedupe skipped', breaks: ['P1', 'P3', 'P11'], plants: { store: skipDedupe } },
    { name: 'written for the team, sent to the customer', breaks: ['P8'], plants: toTheCustomer },
    { name: 'sent to another connection too', breaks: ['P7', 'C4'], plants: { connection: wrongRecipient } },
    { name: 'stale rights after a restart', breaks: ['P7'], plants: { store: staleRights() } },
    { name: 'erasures forgotten at a restart', breaks: ['N6'], plants: { store: erasuresForgotten } },
    { name: 'deleted words left in the log', breaks: ['N6', 'P4'], plants: { store: nothingRewritten } },
    { name: 'holes in the feed', breaks: ['P5', 'P7'], plants: { store: feedWithHoles } },
    {
      name: 'outbox write lost',
      breaks: ['P1'],
      plants: {
        device: {
          journal: (journal) =>
            forward(journal, {
              write: (_account: string, _entries: JournalEntry[]) =>
                Promise.resolve({ ok: true as const, generation: 1 }),
            }),
          outbox: (outbox) => forward(outbox, { put: () => Promise.resolve() }),
        },
      },
    },
    {
      name: 'cursor saved before the projection',
      breaks: ['P5', 'P9'],
      plants: { device: { projection: lateProjection } },
    },
    { name: 'removal does not reach the live feed', breaks: ['P7', 'P8'], plants: { connection: feedAfterRemoval } },
    { name: 'cross-post in two transactions', breaks: ['C4'], plants: { store: splitCrossPost } },
    { name: 'held message sent though it was cancelled', breaks: ['P11'], plants: { device: cancelForgotten() } },
    { name: 'split-off team chat still served', breaks: ['P7'], plants: { store: alwaysSplit } },
    { name: 'assignee can be removed', breaks: ['R17'], plants: { store: locksForgotten } },
  ]
}
