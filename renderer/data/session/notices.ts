import type { NoticeSnapshot } from '../api.ts'
import { createValue, type Value } from '../value.ts'

type Notice = NoticeSnapshot[number]

export type Notices = {
  value: Value<NoticeSnapshot>
  add(kind: Notice['kind'], values: Notice['values']): void
  dismiss(id: string): void
  clear(): void
}

/** Things to tell the user. Of each kind only the newest stays, except where each is about something else. */
export function createNotices(): Notices {
  const value = createValue<NoticeSnapshot>([])
  let count = 0
  return {
    value,
    add(kind, values) {
      const others = value
        .get()
        .filter((notice) => notice.kind !== kind || notice.values['ticketId'] !== values['ticketId'])
      value.set([...others, { id: `notice-${++count}`, kind, values }])
    },
    dismiss: (id) => value.set(value.get().filter((notice) => notice.id !== id)),
    clear: () => value.set([]),
  }
}
