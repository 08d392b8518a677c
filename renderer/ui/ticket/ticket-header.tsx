import { ChevronLeft, Copy, Ellipsis, PanelRight, Pencil } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import type { TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Avatar } from '../common/avatar.tsx'
import { IconButton } from '../common/button.tsx'
import { StageChip } from '../common/chips.tsx'
import { Menu, MenuItem } from '../common/menu.tsx'
import { placeText } from '../common/place-text.ts'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useLayout } from '../common/use-layout.ts'
import { useShell } from '../shell/shell-context.tsx'
import { TicketFormDialog } from '../tickets/ticket-form-dialog.tsx'
import { usePlace } from '../use-place.ts'
import { AssignPicker } from './assign-picker.tsx'
import { StageMenu } from './stage-menu.tsx'

type Ticket = NonNullable<TicketSnapshot>

/** Subject, number, company and stage of the open ticket, and what can be done with it. */
export function TicketHeader({ snapshot, section }: { snapshot: Ticket; section: 'chats' | 'tickets' }) {
  const { t } = useLanguage()
  const { ticket, rights, people } = snapshot
  const { fields } = ticket
  const [, go] = usePlace()
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
      <PeopleStack people={people} ticket={ticket} />
      {rights.assign && !narrow ? <AssignPicker snapshot={snapshot} /> : null}
      <MoreMenu snapshot={snapshot} />
    </header>
  )
}

/** Assignee and requester as pictures; their names are in the details. */
function PeopleStack({ people, ticket }: Pick<Ticket, 'people' | 'ticket'>) {
  const ids = [...new Set([ticket.requesterId, ticket.customerId, ticket.assigneeId])]
  const shown = ids.flatMap((id) => (id !== null && people[id] ? [people[id]] : []))
  return (
    <span className="flex max-medium:hidden">
      {shown.map((person) => (
        <span key={person.id} title={person.name} className="-ml-[5px] rounded-full border-2 border-pane">
          <Avatar id={person.id} name={person.name} size="small" />
        </span>
      ))}
    </span>
  )
}

function MoreMenu({ snapshot }: { snapshot: Ticket }) {
  const { t } = useLanguage()
  const { platform } = useApp()
  const { toggleDetails, detailsOpen } = useShell()
  const wide = useLayout() === 'wide'
  const [editing, setEditing] = useState(false)
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
        <MenuItem icon={<PanelRight size={15} aria-hidden="true" />} onSelect={toggleDetails}>
          {t(wide && detailsOpen ? 'ticket.details.hide' : 'ticket.details.show')}
        </MenuItem>
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
      <TicketFormDialog open={editing} onClose={() => setEditing(false)} ticket={snapshot.ticket} />
    </>
  )
}
