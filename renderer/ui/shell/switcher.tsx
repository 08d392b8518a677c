import { Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import type { TicketRow } from '../../data/api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { StageChip } from '../common/chips.tsx'
import { classes } from '../common/classes.ts'
import { placeText } from '../common/place-text.ts'
import { TicketNumber } from '../common/ticket-number.tsx'
import { useFocusReturn } from '../common/use-focus-return.ts'
import { useWatched } from '../common/use-watched.ts'
import { useGo } from '../use-place.ts'
import { useShell } from './shell-context.tsx'

const shownResults = 30

/** «Найти заявку»: goes to a ticket by its number, subject or company, over everything stored on this device. */
export function Switcher({ open, onClose }: { open: boolean; onClose(): void }) {
  return open ? <OpenSwitcher onClose={onClose} /> : null
}

function OpenSwitcher({ onClose }: { onClose(): void }) {
  const { t } = useLanguage()
  const returnFocus = useFocusReturn()
  return (
    <Dialog.Root open onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[rgba(var(--shade),0.35)]" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="appears fixed top-[9vh] left-1/2 z-50 flex max-h-[76vh] w-[620px] max-w-[94vw] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-pane shadow-dialog outline-none"
        >
          <Dialog.Title className="sr-only">{t('switcher.title')}</Dialog.Title>
          <Results onClose={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Results({ onClose }: { onClose(): void }) {
  const { t } = useLanguage()
  const { account } = useShell()
  const go = useGo()
  const id = useId()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const found = useWatched('tickets', { stages: [], text, sort: 'activity', limit: shownResults }, 'switcher')
  const rows = found?.rows ?? []
  const toChat = account.permissions.includes('messages.menu')
  const openRow = (row: TicketRow | undefined, chat: boolean) => {
    if (!row) return
    onClose()
    go(
      chat
        ? { section: 'chats', ticketId: row.id, tab: 'messages' }
        : { section: 'tickets', ticketId: row.id, tab: 'fields' },
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.code === 'ArrowDown' ? 1 : event.code === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      const next = Math.max(0, Math.min(rows.length - 1, active + step))
      setActive(next)
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
    } else if (event.code === 'Enter') {
      event.preventDefault()
      openRow(rows[active], toChat && !event.ctrlKey && !event.metaKey)
    }
  }
  return (
    <>
      <label className="flex items-center gap-2.5 border-b border-line px-4">
        <Search size={17} aria-hidden="true" className="flex-none text-ink-2" />
        <input
          role="combobox"
          aria-expanded={rows.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={rows[active] ? `${id}-${active}` : undefined}
          aria-label={t('switcher.placeholder')}
          placeholder={t('switcher.placeholder')}
          autoFocus
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-title outline-none"
        />
      </label>
      <p role="status" className="px-4 pt-2 pb-1 text-note font-semibold text-ink-2">
        {text.trim() === '' ? t('switcher.recent') : t('switcher.results', { count: found?.total ?? 0 })}
      </p>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t('tickets.list')}
        className="scrolls min-h-0 flex-1 px-2 pb-2"
      >
        {rows.map((row, index) => (
          <div
            key={row.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => setActive(index)}
            onClick={() => openRow(row, toChat)}
            className={classes(
              'flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1.5',
              index === active && 'bg-selected',
            )}
          >
            <span className="w-20 flex-none text-ink-2">
              <TicketNumber number={row.number} />
            </span>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate font-medium">{row.title}</span>
              <span className="block truncate text-small text-ink-2">{placeText(row.company, row.site, ' · ')}</span>
            </span>
            <StageChip stage={row.stage} />
          </div>
        ))}
      </div>
      {found?.ready && rows.length === 0 ? (
        <p className="px-4 pb-5 text-ink-2">
          {text.trim() === '' ? t('tickets.empty') : t('switcher.none', { query: text.trim() })}
        </p>
      ) : null}
      <p className="flex gap-4 border-t border-line px-4 py-2 text-note text-ink-2 max-medium:hidden">
        {toChat ? (
          <span>
            <kbd>⏎</kbd> {t('switcher.open-chat')}
          </span>
        ) : null}
        <span>
          <kbd>{toChat ? 'Ctrl ⏎' : '⏎'}</kbd> {t('switcher.open-ticket')}
        </span>
      </p>
    </>
  )
}
