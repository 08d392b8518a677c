import { UserPlus, UserRoundCheck } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import type { Person, TicketSnapshot } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { floating } from '../common/menu.tsx'
import { PersonList } from '../common/person-list.tsx'
import { useReport } from '../common/use-report.ts'
import { useWatched } from '../common/use-watched.ts'

const nobody = ''

/** Chooses the assignee of a ticket among the employees. */
export function AssignPicker({ snapshot }: { snapshot: NonNullable<TicketSnapshot> }) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const [open, setOpen] = useState(false)
  const { ticket, people } = snapshot
  const assignee = ticket.assigneeId === null ? null : (people[ticket.assigneeId]?.name ?? ticket.assigneeId)
  const assign = (id: string) => {
    setOpen(false)
    const assigneeId = id === nobody ? null : id
    if (assigneeId !== ticket.assigneeId) void report(data.act.assign({ ticketId: ticket.id, assigneeId }))
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button
          title={assignee ? `${t('field.assigneeId')}: ${assignee}` : undefined}
          className="max-w-44 min-w-0 shrink!"
        >
          {assignee ? <UserRoundCheck size={16} aria-hidden="true" /> : <UserPlus size={16} aria-hidden="true" />}
          <span className="truncate">{assignee ?? t('ticket.assign')}</span>
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('ticket.assign.title')}
          className={`${floating} w-80 max-w-[92vw]`}
        >
          <AssigneeList selectedId={ticket.assigneeId} onChoose={assign} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function AssigneeList({ selectedId, onChoose }: { selectedId: string | null; onChoose(id: string): void }) {
  const { t } = useLanguage()
  const people: readonly Person[] = useWatched('people', null) ?? []
  return (
    <PersonList
      label={t('ticket.assign.title')}
      people={people.filter((person) => person.kind === 'employee' && person.active)}
      selectedId={selectedId}
      extras={selectedId === null ? [] : [{ id: nobody, label: t('ticket.assign.clear') }]}
      onChoose={onChoose}
    />
  )
}
