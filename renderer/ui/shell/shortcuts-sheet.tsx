import { useLanguage } from '../../i18n/language.tsx'
import type { MessageKey } from '../../i18n/messages.ts'
import { Dialog } from '../common/dialog.tsx'

type PlainKey = Extract<MessageKey, `shortcuts.${string}`>

const shortcuts: readonly { keys: readonly string[]; text: PlainKey }[] = [
  { keys: ['J'], text: 'shortcuts.next' },
  { keys: ['K'], text: 'shortcuts.previous' },
  { keys: ['⏎'], text: 'shortcuts.open' },
  { keys: ['N'], text: 'shortcuts.next-unread' },
  { keys: ['E'], text: 'shortcuts.read' },
  { keys: ['R'], text: 'shortcuts.compose' },
  { keys: ['End'], text: 'shortcuts.end' },
  { keys: ['I'], text: 'shortcuts.details' },
  { keys: ['C'], text: 'shortcuts.new-ticket' },
  { keys: ['Ctrl K'], text: 'shortcuts.switcher' },
  { keys: ['Ctrl ⏎'], text: 'shortcuts.send' },
  { keys: ['↑'], text: 'shortcuts.edit-last' },
  { keys: ['Ctrl U'], text: 'shortcuts.attach' },
  { keys: ['Ctrl 1', 'Ctrl 2'], text: 'shortcuts.chats' },
  { keys: ['Esc'], text: 'shortcuts.escape' },
  { keys: ['?', 'F1'], text: 'shortcuts.help' },
]

/** What every key does. */
export function ShortcutsSheet({ open, onClose }: { open: boolean; onClose(): void }) {
  const { t } = useLanguage()
  return (
    <Dialog open={open} onClose={onClose} title={t('shortcuts.title')} description={t('shortcuts.note')}>
      <dl className="scrolls grid grid-cols-[110px_minmax(0,1fr)] gap-y-1 px-5 pb-5">
        {shortcuts.map(({ keys, text }) => (
          <div key={text} className="contents">
            <dt className="flex min-h-7 items-center gap-1.5">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd className="flex min-h-7 items-center">{t(text)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
