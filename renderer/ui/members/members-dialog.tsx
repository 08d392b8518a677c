import { Eye, Search } from 'lucide-react'
import { useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { ChatKind, TicketId, UserId } from '#common/domain/ids.ts'
import type { Person } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { classes } from '../common/classes.ts'
import { Dialog, DialogButtons } from '../common/dialog.tsx'
import { controlClasses } from '../common/field.tsx'
import { Marked } from '../common/marked.tsx'
import { matchesQuery } from '../common/matches-query.ts'
import { useReport } from '../common/use-report.ts'
import { useWatched } from '../common/use-watched.ts'
import { AddableList } from './addable-list.tsx'
import { applicable, changesText, noChanges, toggled } from './member-changes.ts'
import { MemberGrid } from './member-grid.tsx'
import { ofChat } from './member-words.ts'
import { moveBetweenRows } from './move-between-rows.ts'
import type { Members } from './use-members.ts'

type MembersDialogProps = {
  ticketId: TicketId
  chat: ChatKind
  /** The ticket has a team chat and a customer chat. */
  split: boolean
  members: Members
  onClose(): void
}

const nobody: readonly Person[] = []

/** Who takes part in a chat, who may be added and who is to go: chosen together, saved at once. */
export function MembersDialog({ ticketId, chat, split, members: { members, rights }, onClose }: MembersDialogProps) {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useReport()
  const addable = useWatched('addable', { ticketId, chat })
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(noChanges)
  const [saving, setSaving] = useState(false)
  const body = useRef<HTMLDivElement>(null)
  const people = rights.add ? (addable ?? nobody) : nobody
  const removable = useMemo(
    () => new Set(rights.remove ? members.filter(isRemovable).map(({ person }) => person.id) : []),
    [members, rights.remove],
  )
  const { add, remove } = applicable(chosen, removable, new Set(people.map(({ id }) => id)))
  const changed = add.length + remove.length > 0
  const shown = members.filter(({ person }) => matchesQuery(query, person.name, person.detail))
  const found = people.filter((person) => matchesQuery(query, person.name, person.detail))
  // What is chosen while it is being written would be lost.
  const toggle = (part: 'add' | 'remove') => (userId: UserId) => {
    if (!saving) setChosen((now) => toggled(now, part, userId))
  }
  const leave = () => {
    if (!saving) onClose()
  }

  async function save() {
    if (!changed || saving) return
    setSaving(true)
    const done = await report(data.act.changeParticipants({ ticketId, chat, add, remove }))
    setSaving(false)
    if (done) onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.code === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void save()
    } else moveBetweenRows(event, body.current)
  }

  return (
    <Dialog open onClose={leave} title={t(ofChat('members.title', chat, split))}>
      <div ref={body} role="presentation" onKeyDown={onKeyDown} className="flex min-h-0 flex-1 flex-col">
        <div className="relative flex-none px-5 pb-3">
          <Search
            size={15}
            aria-hidden="true"
            className="absolute top-[10px] left-8 text-ink-3 max-medium:top-[15px]"
          />
          <input
            type="search"
            aria-label={t('members.search')}
            placeholder={t('members.search')}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            className={classes(controlClasses, 'pl-8!')}
          />
        </div>
        <div className="scrolls min-h-0 flex-1 border-y border-line px-2.5 pb-2 medium:h-[46vh]">
          {shown.length > 0 ? (
            <MemberGrid
              members={shown}
              total={members.length}
              removable={removable}
              marked={chosen.remove}
              onToggle={toggle('remove')}
            />
          ) : null}
          {rights.add ? (
            <AddableList
              found={found}
              total={people.length}
              query={query}
              chosen={chosen.add}
              onToggle={toggle('add')}
            />
          ) : null}
          {query !== '' && shown.length + found.length === 0 ? (
            <p className="px-2.5 py-6 text-center text-ink-2">{t('members.none-found', { query })}</p>
          ) : null}
        </div>
        <p role="status" className="empty:hidden">
          {add.length > 0 ? <HistoryNote chat={chat} split={split} /> : null}
        </p>
      </div>
      {rights.add || rights.remove ? (
        <DialogButtons>
          <span role="status" className="mr-auto text-small text-ink-2 max-medium:w-full">
            {changesText(t, add.length, remove.length)}
          </span>
          <Button disabled={saving} onClick={leave}>
            {t('common.cancel')}
          </Button>
          <Button
            kind="primary"
            disabled={!changed || saving}
            aria-keyshortcuts="Control+Enter"
            onClick={() => void save()}
          >
            {t('common.save')}
            <kbd aria-hidden="true" className="max-medium:hidden">
              Ctrl ⏎
            </kbd>
          </Button>
        </DialogButtons>
      ) : null}
    </Dialog>
  )
}

/** Somebody who is added reads what was written before them, too. */
function HistoryNote({ chat, split }: { chat: ChatKind; split: boolean }) {
  const { t } = useLanguage()
  return (
    <span
      className={classes(
        'flex items-center gap-2 px-5 py-2.5 text-small',
        split
          ? chat === 'team'
            ? 'bg-team-soft text-team'
            : 'bg-customer-soft text-customer'
          : 'bg-warn-soft text-warn',
      )}
    >
      <Eye size={16} aria-hidden="true" className="flex-none" />
      <span>
        <Marked text={t(ofChat('members.history', chat, split))} />
      </span>
    </span>
  )
}

function isRemovable({ lock, change }: Members['members'][number]): boolean {
  return lock === null && change === null
}
