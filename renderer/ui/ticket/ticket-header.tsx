import { ChevronLeft, Columns2, Copy, Ellipsis, PanelRight, Pencil } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { TicketChat, TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { classes } from '../common/classes.ts'
import { Button, IconButton } from '../common/button.tsx'
import { StageChip } from '../common/chips.tsx'
import { Menu, MenuItem } from '../common/menu.tsx'
import { placeText } from '../common/place-text.ts'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useLayout } from '../common/use-layout.ts'
import { ChatMembersDialog, MembersItem } from '../members/members-item.tsx'
import { MembersBar } from '../members/members-bar.tsx'
import { TicketFormDialog } from '../tickets/ticket-form-dialog.tsx'
import { useGo } from '../use-place.ts'
import { AssignPicker } from './assign-picker.tsx'
import { StageMenu } from './stage-menu.tsx'
import type { useBeside } from './use-beside.ts'
import type { DetailsPlace } from './use-details.ts'

type Ticket = NonNullable<TicketSnapshot>

type TicketHeaderProps = {
  snapshot: Ticket
  section: 'chats' | 'tickets'
  /** The open chat; null in the other tabs. */
  chat: TicketChat | null
  split: boolean
  beside: ReturnType<typeof useBeside>
  details: DetailsPlace
}

/** Subject, number, company and stage of the open ticket, and what can be done with it. */
export function TicketHeader({ snapshot, section, chat, split, beside, details }: TicketHeaderProps) {
  const { t } = useLanguage()
  const { ticket, rights } = snapshot
  const { fields } = ticket
  const go = useGo()
  const narrow = useLayout() === 'narrow'
  const where = placeText(fields.company, fields.site)
  return (
    <header className="flex flex-none items-center gap-2.5 px-[18px] pt-[11px] pb-[9px] max-medium:px-2 max-medium:py-2.5">
      {narrow ? (
        <IconButton autoFocus label={t('common.back')} onClick={() => go({ section, ticketId: null, tab: 'messages' })}>
          <ChevronLeft size={22} aria-hidden="true" />
        </IconButton>
      ) : null}
      <div className="min-w-0 flex-1">
        <h2
          className="truncate text-title max-medium:line-clamp-2 max-medium:whitespace-normal font-semibold tracking-tight"
          title={fields.title}
        >
          {fields.title}
        </h2>
        <p className="mt-px flex min-w-0 items-center gap-2 text-small whitespace-nowrap text-ink-2">
          <TicketNumber number={ticket.number} />
          {where ? (
            <>
              <span aria-hidden="true">·</span>
              <span className="truncate">{where}</span>
            </>
          ) : null}
          {rights.stage ? <StageMenu snapshot={snapshot} /> : <StageChip stage={ticket.stage} />}
        </p>
      </div>
      {chat && beside.offered ? <BesideButton beside={beside} /> : null}
      {chat && !beside.on && !narrow ? <MembersBar ticketId={ticket.id} chat={chat.chat} split={split} /> : null}
      {!chat && rights.assign && !narrow ? <AssignPicker snapshot={snapshot} /> : null}
      <MoreMenu snapshot={snapshot} chat={chat} split={split} details={details} />
    </header>
  )
}

/** Puts both chats beside each other, and one behind the other again. */
function BesideButton({ beside }: Pick<TicketHeaderProps, 'beside'>) {
  const { t } = useLanguage()
  return (
    <Button
      aria-pressed={beside.on}
      title={t('ticket.beside.label')}
      onClick={beside.toggle}
      className={classes(beside.on && 'border-accent-line! bg-selected! text-accent!')}
    >
      <Columns2 size={16} aria-hidden="true" />
      {t('ticket.beside')}
    </Button>
  )
}

function MoreMenu({
  snapshot,
  chat,
  split,
  details,
}: Pick<TicketHeaderProps, 'snapshot' | 'chat' | 'split' | 'details'>) {
  const { t } = useLanguage()
  const { platform } = useApp()
  const [editing, setEditing] = useState(false)
  const [membersOf, setMembersOf] = useState<TicketChat | null>(null)
  const { number } = snapshot.ticket
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={t('common.more')}
            className="grid size-[30px] flex-none place-items-center rounded-[7px] text-ink-2 hover:bg-hover hover:text-ink max-medium:size-11"
          >
            <Ellipsis size={18} aria-hidden="true" />
          </button>
        }
      >
        {chat ? (
          <>
            <MembersItem ticketId={snapshot.ticket.id} chat={chat} onOpen={() => setMembersOf(chat)} />
            <MenuItem icon={<PanelRight size={15} aria-hidden="true" />} onSelect={details.toggle}>
              {t(details.place === 'pane' && details.open ? 'ticket.details.hide' : 'ticket.details.show')}
            </MenuItem>
          </>
        ) : null}
        {snapshot.rights.edit ? (
          <MenuItem icon={<Pencil size={15} aria-hidden="true" />} onSelect={() => setEditing(true)}>
            {t('form.edit.title')}
          </MenuItem>
        ) : null}
        {number !== null ? (
          <MenuItem
            icon={<Copy size={15} aria-hidden="true" />}
            onSelect={() => void platform.writeClipboard(String(number)).then(() => toast.success(t('common.copied')))}
          >
            {t('ticket.copy-number')}
          </MenuItem>
        ) : null}
      </Menu>
      {membersOf ? (
        <ChatMembersDialog
          ticketId={snapshot.ticket.id}
          chat={membersOf.chat}
          split={split}
          onClose={() => setMembersOf(null)}
        />
      ) : null}
      <TicketFormDialog open={editing} onClose={() => setEditing(false)} ticket={snapshot.ticket} />
    </>
  )
}
