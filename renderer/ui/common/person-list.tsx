import { Check } from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { Person } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { Avatar } from './avatar.tsx'
import { classes } from './classes.ts'
import { matchesQuery } from './matches-query.ts'

type PersonListProps = {
  label: string
  people: readonly Person[]
  selectedId: string | null
  /** Choices that are not people, above them. */
  extras: readonly { id: string; label: string }[]
  onChoose(id: string): void
}

/** Search field over a list of people; arrow keys move, Enter takes: at first what is selected, or nothing. */
export function PersonList({ label, people, selectedId, extras, onChoose }: PersonListProps) {
  const { t } = useLanguage()
  const id = useId()
  const [query, setQuery] = useState('')
  const [moved, setMoved] = useState<number | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const found = people.filter((person) => matchesQuery(query, person.name, person.detail))
  const options = [
    ...(query === '' ? extras.map((extra) => ({ ...extra, detail: '', person: null })) : []),
    ...found.map((person) => ({ id: person.id, label: person.name, detail: person.detail, person })),
  ]
  const selectedIndex = options.findIndex((option) => option.id === selectedId)
  const active = moved ?? (query === '' ? selectedIndex : 0)
  const isUntouched = moved === null && query === ''

  useEffect(() => {
    if (isUntouched) list.current?.children[selectedIndex]?.scrollIntoView({ block: 'nearest' })
  }, [isUntouched, selectedIndex])

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.code === 'ArrowDown' ? 1 : event.code === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      const next = Math.max(0, Math.min(options.length - 1, active + step))
      setMoved(next)
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
    } else if (event.code === 'Enter') {
      event.preventDefault()
      const chosen = options[active]
      if (chosen) onChoose(chosen.id)
    }
  }
  return (
    <div className="flex min-h-0 flex-col">
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={options[active] ? `${id}-${active}` : undefined}
        aria-label={t('ticket.assign.search')}
        placeholder={t('ticket.assign.search')}
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setMoved(null)
        }}
        onKeyDown={onKeyDown}
        className="m-1 h-9 rounded-md border border-control-line bg-pane px-2.5"
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} className="scrolls max-h-72 min-h-0 flex-1">
        {options.map((option, index) => (
          <div
            key={option.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={option.id === (selectedId ?? '')}
            onPointerMove={() => setMoved(index)}
            onClick={() => onChoose(option.id)}
            className={classes(
              'flex min-h-10 cursor-pointer items-center gap-2.5 rounded-md px-2 py-1',
              index === active && 'bg-hover',
            )}
          >
            {option.person ? <Avatar id={option.id} name={option.label} size="small" /> : <span className="size-7" />}
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate">{option.label}</span>
              {option.detail ? <span className="block truncate text-note text-ink-2">{option.detail}</span> : null}
            </span>
            {option.id === (selectedId ?? '') ? <Check size={15} aria-hidden="true" className="text-accent" /> : null}
          </div>
        ))}
      </div>
      {options.length === 0 ? <p className="px-3 pb-3 text-ink-2">{t('ticket.assign.none-found')}</p> : null}
    </div>
  )
}
