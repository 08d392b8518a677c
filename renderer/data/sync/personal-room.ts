import type * as Y from 'yjs'
import { readMarksOf } from '#common/documents/personal-document.ts'
import { personalRoom, type RoomName, type Seq, type UserId } from '#common/domain/ids.ts'
import type { ReplicaStore } from '../store/ports.ts'
import { openState } from './open-rooms.ts'

/** What is stored of the user's own room; no document before its first content. */
export type StoredPersonal = { document: Y.Doc | undefined; readMarks: Map<RoomName, Seq> }

/**
 * The user's own room. It has a line for every chat that was ever read and changes with each that is read, so unlike the
 * others it stays open once it was needed: opened anew for each mark, 10,000 chats cost 60 to 150 ms.
 */
export class PersonalRoom {
  readonly name: RoomName
  private readonly replica: Pick<ReplicaStore, 'load'>
  private stored: Promise<StoredPersonal> | null = null

  constructor(userId: UserId, replica: Pick<ReplicaStore, 'load'>) {
    this.name = personalRoom(userId)
    this.replica = replica
  }

  open(): Promise<StoredPersonal> {
    this.stored ??= this.load().catch((error: unknown) => {
      this.stored = null
      throw error
    })
    return this.stored
  }

  /** This document is what is stored now. */
  keep(document: Y.Doc, readMarks: Map<RoomName, Seq>): void {
    this.stored = Promise.resolve({ document, readMarks })
  }

  /** What is open is not what is stored any more; it is read again when it is needed. */
  forget(): void {
    this.stored = null
  }

  private async load(): Promise<StoredPersonal> {
    const state = (await this.replica.load([this.name])).get(this.name)
    if (state === undefined) return { document: undefined, readMarks: new Map() }
    const document = openState(state)
    return { document, readMarks: readMarksOf(document) }
  }
}
