import { createContext, use, useCallback, useSyncExternalStore, type SetStateAction } from 'react'
import type { RoomName } from '#common/domain/ids.ts'
import type { MessageItem } from './conversation-rows.ts'

/** What the field of a chat is used for: a new message, an answer to one, or the text of one that is changed. */
export type Subject =
  | { kind: 'new' }
  | { kind: 'reply'; item: MessageItem }
  | { kind: 'edit'; item: MessageItem; text: string; both: boolean }

const nothingBegun: Subject = { kind: 'new' }

/** The subjects of all chats. What was begun in one stays while another one is open. */
export type Subjects = {
  get(room: RoomName): Subject
  set(room: RoomName, next: SetStateAction<Subject>): void
  subscribe(listener: () => void): () => void
}

export function createSubjects(): Subjects {
  const begun = new Map<RoomName, Subject>()
  const listeners = new Set<() => void>()
  const get = (room: RoomName): Subject => begun.get(room) ?? nothingBegun
  return {
    get,
    set(room, next) {
      const subject = typeof next === 'function' ? next(get(room)) : next
      if (subject.kind === 'new') begun.delete(room)
      else begun.set(room, subject)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Those of the account that is signed in. */
export const SubjectsContext = createContext<Subjects | null>(null)

export function useSubject(room: RoomName): [Subject, (next: SetStateAction<Subject>) => void] {
  const subjects = use(SubjectsContext)
  if (!subjects) throw new Error('useSubject is used outside the signed-in window')
  const set = useCallback((next: SetStateAction<Subject>) => subjects.set(room, next), [subjects, room])
  return [useSyncExternalStore(subjects.subscribe, () => subjects.get(room)), set]
}
