import { Users } from 'lucide-react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { TicketChat } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { MenuItem } from '../common/menu.tsx'
import { MembersDialog } from './members-dialog.tsx'
import { useMembers } from './use-members.ts'

type MembersItemProps = { ticketId: TicketId; chat: TicketChat; onOpen(): void }

/** The way to the participants from a menu: on a phone there is no room for their pictures. */
export function MembersItem({ ticketId, chat, onOpen }: MembersItemProps) {
  const { t } = useLanguage()
  const members = useMembers(ticketId, chat.chat)
  if (!members) return null
  return (
    <MenuItem icon={<Users size={15} aria-hidden="true" />} onSelect={onOpen}>
      {t('members.show', { count: members.members.length })}
    </MenuItem>
  )
}

type ChatMembersDialogProps = { ticketId: TicketId; chat: ChatKind; split: boolean; onClose(): void }

export function ChatMembersDialog({ ticketId, chat, split, onClose }: ChatMembersDialogProps) {
  const members = useMembers(ticketId, chat)
  if (!members) return null
  return <MembersDialog ticketId={ticketId} chat={chat} split={split} members={members} onClose={onClose} />
}
