import type { UserId } from '#common/domain/ids.ts'
import type { Translate } from '../../i18n/messages.ts'

/** Who is to be added and who is to go, before it is saved. */
export type MemberChanges = { add: ReadonlySet<UserId>; remove: ReadonlySet<UserId> }

export const noChanges: MemberChanges = { add: new Set(), remove: new Set() }

export function toggled(changes: MemberChanges, part: keyof MemberChanges, userId: UserId): MemberChanges {
  const next = new Set(changes[part])
  if (!next.delete(userId)) next.add(userId)
  return { ...changes, [part]: next }
}

/**
 * What of the changes still has a meaning: meanwhile somebody else may have added or removed the same people, or a
 * reassignment has locked one of them.
 */
export function applicable(
  changes: MemberChanges,
  removable: ReadonlySet<UserId>,
  addable: ReadonlySet<UserId>,
): { add: UserId[]; remove: UserId[] } {
  return {
    add: [...changes.add].filter((userId) => addable.has(userId)),
    remove: [...changes.remove].filter((userId) => removable.has(userId)),
  }
}

/** «Добавить 2, убрать 1». */
export function changesText(t: Translate, add: number, remove: number): string {
  if (add > 0 && remove > 0) return t('members.change.both', { add, remove })
  if (add > 0) return t('members.change.add', { add })
  return remove > 0 ? t('members.change.remove', { remove }) : t('members.change.none')
}
