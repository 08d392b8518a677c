import { expect, vi } from 'vitest'
import type { CommandOf, CommandType } from '#common/domain/command.ts'
import type { Permission } from '#common/domain/role.ts'
import type { Account, User } from '#common/domain/user.ts'
import type { Watchables, WatchName } from '#renderer/data/api.ts'
import { createWatches, type Watches } from '#renderer/data/queries/watches.ts'
import type { WatchRequest } from '#renderer/data/queries/start-watch.ts'
import type { AccountStores, OutboxRow, ProjectionBatch } from '#renderer/data/store/ports.ts'
import { systemClock } from '#renderer/data/system-clock.ts'
import { createCoreDouble } from '#tests/support/client/core-double.ts'
import { createBrowserProfile } from '#tests/support/client/open-browser-stores.ts'
import { emptyBatch, outboxRow, ulid } from '#tests/support/client/rows.ts'

export type TestAccount = {
  double: ReturnType<typeof createCoreDouble>
  stores: AccountStores
  watches: Watches
  write(batch: Partial<ProjectionBatch>): Promise<void>
  /** What was emitted so far. */
  watch<Name extends WatchName>(name: Name, argument: Watchables[Name]['arguments']): Watchables[Name]['snapshot'][]
  /** Waits for a snapshot that passes, and gives it. */
  until<Name extends WatchName>(
    emitted: Watchables[Name]['snapshot'][],
    check: (snapshot: Watchables[Name]['snapshot']) => void,
  ): Promise<Watchables[Name]['snapshot']>
  close(): Promise<void>
}

const anna: User = {
  id: 'engineer',
  login: 'engineer',
  name: 'Анна Белова',
  kind: 'employee',
  roleId: 'engineer',
  active: true,
  position: 'Инженер',
}
const petr: User = {
  id: 'other',
  login: 'customer',
  name: 'Пётр Сомов',
  kind: 'customer',
  roleId: 'customer',
  active: true,
  company: 'ООО «Ромашка»',
}
const maria: User = { ...anna, id: 'me', login: 'dispatcher', name: 'Мария Ковалёва', position: 'Диспетчер' }

/** The customer {@link petr} as they are signed in: without a directory. */
export function customerWith(...permissions: Permission[]): Account {
  const { id, login, name, roleId } = petr
  return { id, login, name, kind: 'customer', roleId, permissions, districts: [] }
}

/** Real databases under a core whose values the test sets. */
export async function openTestAccount(account?: Account, people: User[] = [maria, anna, petr]): Promise<TestAccount> {
  const browser = createBrowserProfile().open()
  const { stores } = await browser.openStores('0123456789abcdef')
  await stores.projection.write({ ...emptyBatch(), people })
  const double = createCoreDouble()
  const watches = createWatches(double.core, systemClock, browser.readsOf)
  double.signIn(stores, account)
  const stops: (() => void)[] = []
  return {
    double,
    stores,
    watches,
    write: (batch) => stores.projection.write({ ...emptyBatch(), ...batch }),
    watch(name, argument) {
      const emitted: Watchables[typeof name]['snapshot'][] = []
      stops.push(
        watches.start({ name, argument } as WatchRequest, (snapshot) =>
          emitted.push(snapshot as Watchables[typeof name]['snapshot']),
        ),
      )
      return emitted
    },
    async until(emitted, check) {
      await vi.waitFor(() => {
        expect(emitted.length).toBeGreaterThan(0)
        check(emitted.at(-1)!)
      })
      return emitted.at(-1)!
    },
    async close() {
      for (const stop of stops) stop()
      watches.dispose()
      await stores.close()
    },
  }
}

export type NewCommandOf<Type extends CommandType> = Omit<CommandOf<Type>, 'id' | 'writtenAt'>
type NewCommand = { [Type in CommandType]: NewCommandOf<Type> }[CommandType]

/** A command that waits in the outbox. */
export function pending(
  order: number,
  command: NewCommand,
  given: Partial<OutboxRow & { unsaved: boolean; sending: boolean; writtenAt: string }> = {},
) {
  const { writtenAt = '2025-11-22T09:00:00.000Z', unsaved = false, sending = false, ...rest } = given
  const id = ulid(order)
  return {
    ...outboxRow({ order, command: { ...command, id, writtenAt }, ...rest }),
    unsaved,
    sending,
  }
}
