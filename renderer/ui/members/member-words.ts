import type { ChatKind, UserId } from '#common/domain/ids.ts'
import type { ChatMember } from '../../data/api.ts'
import type { MessageKey, Translate } from '../../i18n/messages.ts'

/** Under a member's name: the part in the ticket, else the post or the company; and whether it is oneself. */
export function memberNote(t: Translate, { person, lock }: ChatMember, ownId: UserId): string {
  const part = lock ? t(`people.${lock}`) : person.detail || t(`people.${person.kind}`)
  return person.id === ownId ? `${part} · ${t('common.you')}` : part
}

/** Words about a chat's participants: while a ticket has one chat they need not say which. */
export function ofChat<Key extends 'members.title' | 'members.history'>(
  key: Key,
  chat: ChatKind,
  split: boolean,
): Extract<MessageKey, Key | `${Key}.${ChatKind}`> {
  return (split ? `${key}.${chat}` : key) as Extract<MessageKey, Key | `${Key}.${ChatKind}`>
}
