import { useState } from 'react'
import type { ChatKind, TicketId } from '#common/domain/ids.ts'
import type { ChatMember } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Confirm } from '../common/dialog.tsx'
import { useReport } from '../common/use-report.ts'
import { useShell } from '../shell/shell-context.tsx'
import { LockMark, MemberLine, RemoveButton } from './member-row.tsx'
import { memberNote, ofChat } from './member-words.ts'
import { MembersDialog } from './members-dialog.tsx'
import { useMembers } from './use-members.ts'

type MembersSectionProps = { ticketId: TicketId; chat: ChatKind; split: boolean }

/** The participants of a chat beside it. Nothing for who may not see them. */
export function MembersSection({ ticketId, chat, split }: MembersSectionProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  const members = useMembers(ticketId, chat)
  const [open, setOpen] = useState(false)
  const [leaving, setLeaving] = useState<ChatMember | null>(null)
  if (!members) return null
  const { add, remove } = members.rights
  return (
    <section className="border-b border-line px-4 py-3.5">
      <h3 className="mb-2 flex items-center justify-between gap-2 text-[11.5px] font-[650] tracking-wide text-ink-2">
        <span>
          {t(ofChat('members.title', chat, split))} · {members.members.length}
        </span>
        {add || remove ? (
          <button
            type="button"
            onClick={() => setOpen(true)}
            className="min-h-6 text-small font-semibold tracking-normal text-accent hover:underline"
          >
            {t('members.edit')}
          </button>
        ) : null}
      </h3>
      <ul className="-mx-2">
        {members.members.map((member) => (
          <li
            key={member.person.id}
            className="group flex items-center gap-1 rounded-lg px-2 py-[5px] focus-within:bg-hover hover:bg-hover"
          >
            <div className="flex min-w-0 flex-1 items-center gap-2.5">
              <MemberLine member={member} note={memberNote(t, member, account.id)} />
            </div>
            {member.lock ? <LockMark lock={member.lock} /> : null}
            {remove && member.lock === null && member.change === null ? (
              <RemoveButton name={member.person.name} onPress={() => setLeaving(member)} />
            ) : null}
          </li>
        ))}
        {members.members.length === 0 ? <li className="px-2 text-ink-2">{t('people.empty')}</li> : null}
      </ul>
      {open ? (
        <MembersDialog ticketId={ticketId} chat={chat} split={split} members={members} onClose={() => setOpen(false)} />
      ) : null}
      <RemoveQuestion ticketId={ticketId} chat={chat} member={leaving} onDone={() => setLeaving(null)} />
    </section>
  )
}

type RemoveQuestionProps = { ticketId: TicketId; chat: ChatKind; member: ChatMember | null; onDone(): void }

function RemoveQuestion({ ticketId, chat, member, onDone }: RemoveQuestionProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  return (
    <Confirm
      open={member !== null}
      title={t('members.remove.title')}
      text={member ? t('members.remove.text', { name: member.person.name }) : undefined}
      confirm={t('members.remove.confirm')}
      danger
      onConfirm={() => {
        if (member) void report(data.act.changeParticipants({ ticketId, chat, add: [], remove: [member.person.id] }))
        onDone()
      }}
      onCancel={onDone}
    />
  )
}
