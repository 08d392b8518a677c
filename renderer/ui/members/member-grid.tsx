import { useState, type KeyboardEvent } from 'react'
import type { UserId } from '#common/domain/ids.ts'
import type { ChatMember } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from '../common/classes.ts'
import { useShell } from '../shell/shell-context.tsx'
import { LockMark, MemberLine, RemoveButton } from './member-row.tsx'
import { memberNote } from './member-words.ts'
import { rowMark } from './move-between-rows.ts'
import { SectionTitle } from './section-title.tsx'

type MemberGridProps = {
  members: readonly ChatMember[]
  /** Also those who do not match what is searched for. */
  total: number
  removable: ReadonlySet<UserId>
  marked: ReadonlySet<UserId>
  onToggle(userId: UserId): void
}

/** «Участники чата (N)»: Delete, Space and the trash mark somebody for removal, and take the mark back. */
export function MemberGrid({ members, total, removable, marked, onToggle }: MemberGridProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  const [active, setActive] = useState<UserId | null>(null)
  const title = t('members.here', { count: total })
  const tabStop = members.some(({ person }) => person.id === active) ? active : members[0]?.person.id
  const onKeyDown = (event: KeyboardEvent, userId: UserId) => {
    const marks = event.code === 'Delete' || event.code === 'Backspace' || event.code === 'Space'
    if (!marks || event.target !== event.currentTarget) return
    event.preventDefault()
    if (removable.has(userId)) onToggle(userId)
  }
  return (
    <>
      <SectionTitle>{title}</SectionTitle>
      <div role="grid" aria-label={title}>
        {members.map((member) => {
          const { person, lock } = member
          const leaves = marked.has(person.id) && removable.has(person.id)
          return (
            <div
              key={person.id}
              role="row"
              {...rowMark}
              tabIndex={person.id === tabStop ? 0 : -1}
              onFocus={() => setActive(person.id)}
              onKeyDown={(event) => onKeyDown(event, person.id)}
              className={classes(
                'group flex min-h-11 items-center gap-1 rounded-lg px-2.5 py-1 -outline-offset-2! hover:bg-hover focus:bg-hover',
                leaves && 'bg-bad-soft/50',
              )}
            >
              <div role="gridcell" className="flex min-w-0 flex-1 items-center gap-2.5">
                <MemberLine member={member} note={memberNote(t, member, account.id)} marked={leaves} explains />
              </div>
              <div role="gridcell">
                {lock ? <LockMark lock={lock} /> : null}
                {removable.has(person.id) ? (
                  <RemoveButton name={person.name} marked={leaves} tabIndex={-1} onPress={() => onToggle(person.id)} />
                ) : null}
              </div>
            </div>
          )
        })}
      </div>
    </>
  )
}
