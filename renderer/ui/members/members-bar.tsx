import { Plus, Users } from 'lucide-react'
import { useState } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { Button } from '../common/button.tsx'
import { MembersDialog } from './members-dialog.tsx'
import { useMembers } from './use-members.ts'

/** Pictures that the row has room for. */
const shownAtMost = 4

type MembersBarProps = { ticketId: TicketId; chat: ChatKind; split: boolean; compact?: boolean }

/** Who takes part, as pictures, and the way to change it. Nothing for who may not see participants. */
export function MembersBar({ ticketId, chat, split, compact = false }: MembersBarProps) {
  const { t } = useLanguage()
  const members = useMembers(ticketId, chat)
  const [open, setOpen] = useState(false)
  if (!members) return null
  const present = members.members.filter(({ change }) => change !== 'removing')
  const shown = present.length > shownAtMost ? present.slice(0, shownAtMost - 1) : present
  const more = present.length - shown.length
  const label = t('members.show', { count: present.length })
  return (
    <span className="flex flex-none items-center gap-2.5">
      <button
        type="button"
        aria-label={label}
        title={present.map(({ person }) => person.name).join('\n') || label}
        onClick={() => setOpen(true)}
        className="flex h-[30px] items-center rounded-full! pl-[5px]"
      >
        {shown.map(({ person, change }) => (
          <span key={person.id} className="-ml-[5px] rounded-full border-2 border-pane bg-pane">
            <Avatar id={person.id} name={person.name} size="small" {...(change ? { className: 'opacity-50' } : {})} />
          </span>
        ))}
        {more > 0 ? (
          <span className="-ml-[5px] grid size-8 place-items-center rounded-full border-2 border-pane bg-hover text-[11px] font-semibold text-ink-2">
            +{more}
          </span>
        ) : null}
        {present.length === 0 ? <Users size={17} aria-hidden="true" className="mr-[5px] text-ink-2" /> : null}
      </button>
      {members.rights.add ? (
        <Button
          aria-label={t('members.add.label')}
          title={compact ? t('members.add.label') : undefined}
          onClick={() => setOpen(true)}
          {...(compact ? { className: 'px-2!' } : {})}
        >
          <Plus size={16} aria-hidden="true" />
          {compact ? null : t('members.add')}
        </Button>
      ) : null}
      {open ? (
        <MembersDialog ticketId={ticketId} chat={chat} split={split} members={members} onClose={() => setOpen(false)} />
      ) : null}
    </span>
  )
}
