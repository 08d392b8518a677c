import type { UserId } from '#common/domain/ids.ts'
import type { Account, User } from '#common/domain/user.ts'
import type { Person } from '../api.ts'
import type { MembersDocument } from '../store/schemas.ts'
import type { ProjectionReads } from '../store/projection-reads.ts'

type Disposer = () => void

/** Who is who. Employees have the directory; a customer knows those who take part in the own chats. */
export type PeopleIndex = {
  /** '' when nobody told this device. */
  name(id: UserId): string
  person(id: UserId): Person
  /** Everybody in the directory who can be spoken to, by name. */
  list(): Person[]
  /** The directory; a customer knows only themselves of it. */
  users(): ReadonlyMap<UserId, User>
  isReady(): boolean
  subscribe(listener: () => void): Disposer
  dispose(): void
}

export function createPeopleIndex(reads: ProjectionReads, account: Account): PeopleIndex {
  const listeners = new Set<() => void>()
  const disposers: Disposer[] = []
  const self: User = { ...account, active: true }
  let users: ReadonlyMap<UserId, User> = new Map()
  const participants = new Map<UserId, Person>()
  let ready = false

  function changed(): void {
    ready = true
    for (const listener of listeners) listener()
  }

  function learn(rows: readonly MembersDocument[]): void {
    for (const row of rows)
      for (const [id, { name, kind }] of Object.entries(row.participants))
        participants.set(id, { id, name, kind, detail: '', active: true })
  }

  disposers.push(
    reads.followPeople((people) => {
      users = new Map(people.map((user) => [user.id, user]))
      if (account.kind === 'employee') changed()
    }),
  )
  if (account.kind === 'customer') {
    disposers.push(
      reads.members.onChange((changes) => {
        learn(changes.flatMap(({ row }) => row ?? []))
        changed()
      }),
    )
    void reads.members.readAll(learn).then(changed)
  }

  function person(id: UserId): Person {
    const user = users.get(id)
    if (user) return personOf(user)
    const participant = participants.get(id)
    if (participant) return participant
    return { id, name: id === account.id ? account.name : '', kind: 'employee', detail: '', active: true }
  }

  return {
    name: (id) => users.get(id)?.name ?? person(id).name,
    person,
    list: () =>
      [...users.values()]
        .filter(({ integration }) => !integration)
        .map(personOf)
        .sort((one, other) => one.name.localeCompare(other.name, 'ru')),
    users: () => (users.has(self.id) ? users : new Map([...users, [self.id, self]])),
    isReady: () => ready,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    dispose() {
      for (const dispose of disposers) dispose()
      listeners.clear()
    },
  }
}

export function personOf({ id, name, kind, position, company, active }: User): Person {
  return { id, name, kind, detail: position ?? company ?? '', active }
}
