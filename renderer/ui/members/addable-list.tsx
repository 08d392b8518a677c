import { Check } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import type { UserId } from '#common/domain/ids.ts'
import type { Person } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from '../common/avatar.tsx'
import { classes } from '../common/classes.ts'
import { rowMark } from './move-between-rows.ts'
import { SectionTitle } from './section-title.tsx'

/** More than anybody looks through; the search finds the rest. */
const shownAtMost = 100

type AddableListProps = {
  found: readonly Person[]
  /** Also those who do not match what is searched for. */
  total: number
  query: string
  chosen: ReadonlySet<UserId>
  onToggle(userId: UserId): void
}

/** «Добавить из списка (M)»: Space and a click tick people, as many as wanted. */
export function AddableList({ found, total, query, chosen, onToggle }: AddableListProps) {
  const { t } = useLanguage()
  const [active, setActive] = useState<UserId | null>(null)
  const title = t('members.addable', { count: total })
  const shown = found.slice(0, shownAtMost)
  const tabStop = shown.some(({ id }) => id === active) ? active : shown[0]?.id
  const onKeyDown = (event: KeyboardEvent, userId: UserId) => {
    const plainEnter = event.code === 'Enter' && !event.ctrlKey && !event.metaKey
    if (event.code !== 'Space' && !plainEnter) return
    event.preventDefault()
    onToggle(userId)
  }
  if (total > 0 && shown.length === 0) return null
  return (
    <>
      <SectionTitle>{title}</SectionTitle>
      {shown.length === 0 && query === '' ? (
        <p className="px-2.5 py-1 text-ink-2">{t('members.addable.empty')}</p>
      ) : null}
      {shown.length > 0 ? (
        <div role="listbox" aria-multiselectable="true" aria-label={title}>
          {shown.map((person) => {
            const ticked = chosen.has(person.id)
            return (
              <div
                key={person.id}
                role="option"
                aria-selected={ticked}
                {...rowMark}
                tabIndex={person.id === tabStop ? 0 : -1}
                onFocus={() => setActive(person.id)}
                onKeyDown={(event) => onKeyDown(event, person.id)}
                onClick={() => onToggle(person.id)}
                className={classes(
                  'flex min-h-11 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 -outline-offset-2!',
                  ticked ? 'bg-selected' : 'hover:bg-hover',
                )}
              >
                <Avatar id={person.id} name={person.name} />
                <span className="min-w-0 flex-1 leading-[1.3]">
                  <span className="block truncate">{person.name}</span>
                  <span className="block truncate text-note text-ink-2">
                    {person.kind === 'customer' ? `${t('people.customer')} · ` : ''}
                    {person.detail || t(`people.${person.kind}`)}
                  </span>
                </span>
                <span
                  aria-hidden="true"
                  className={classes(
                    'chip mr-1.5 grid size-[18px] flex-none place-items-center rounded-[5px] border-[1.5px]',
                    ticked ? 'border-accent bg-accent text-accent-ink' : 'border-control-line text-transparent',
                  )}
                >
                  <Check size={12} strokeWidth={3.5} />
                </span>
              </div>
            )
          })}
        </div>
      ) : null}
      {found.length > shown.length ? (
        <p className="px-2.5 py-2 text-small text-ink-2">
          {t('members.more-found', { shown: shown.length, count: found.length })}
        </p>
      ) : null}
    </>
  )
}
