import { useState } from 'react'
import { toast } from 'sonner'
import { stages } from '#common/domain/ticket.ts'
import type { QueueItem } from '../../data/api.ts'
import { momentText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import type { Translate } from '../../i18n/messages.ts'
import { useApp } from '../common/app-context.tsx'
import { Button } from '../common/button.tsx'
import { ChatChip } from '../common/chips.tsx'
import { Confirm } from '../common/dialog.tsx'
import { DeliveryIcon } from '../common/delivery-icon.tsx'
import { refusalText } from '../common/refusal-text.ts'
import { useNow } from '../common/use-now.ts'
import { useOrganisation } from '../common/use-organisation.ts'
import { useReport } from '../common/use-report.ts'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import { UploadLine } from '../media/upload-line.tsx'

const icons = { unsaved: 'unsaved', held: 'queued', queued: 'queued', sending: 'queued', refused: 'refused' } as const

type QueueEntryProps = { item: QueueItem; onEdit(item: QueueItem): void }

/** One action that is not delivered: what, when, in which state and why, and what can be done. */
export function QueueEntry({ item, onEdit }: QueueEntryProps) {
  const { t, language } = useLanguage()
  const now = useNow()
  const { account } = useShell()
  const online = useWatched('connection', null)?.state === 'online'
  const people = useWatched('people', null)
  const split = useOrganisation().splitChats
  const text = entryText(t, item, (id) => people?.find((person) => person.id === id)?.name)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 border-b border-line-soft px-3.5 py-2.5 last:border-b-0 max-medium:grid-cols-1">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-small text-ink-2">
          <span className="font-semibold">{t(`queue.type.${item.type}`)}</span>
          {item.chat !== null && split && account.kind === 'employee' ? <ChatChip chat={item.chat} /> : null}
          <span>{t('queue.written', { time: momentText(language, item.writtenAt, now) })}</span>
        </p>
        {item.attachments > 0 ? (
          <p className="mt-0.5 text-small text-ink-2">{t('inbox.attachments', { count: item.attachments })}</p>
        ) : null}
        {text ? <p className="mt-0.5 line-clamp-6 wrap-anywhere whitespace-pre-wrap">{text}</p> : null}
        {item.upload && item.state === 'queued' ? null : (
          <p
            className={`mt-1 inline-flex items-center gap-1.5 text-small ${item.state === 'refused' || item.state === 'unsaved' ? 'font-medium text-bad' : 'text-warn'}`}
          >
            <DeliveryIcon state={icons[item.state]} size={14} named={false} />
            {t(`queue.state.${item.state}`)}
            {item.refusal ? `: ${refusalText(t, item.refusal)}` : ''}
          </p>
        )}
        {item.upload ? <UploadLine id={item.id} upload={item.upload} online={online} /> : null}
      </div>
      <EntryButtons item={item} onEdit={onEdit} />
    </li>
  )
}

function EntryButtons({ item, onEdit }: QueueEntryProps) {
  const { t } = useLanguage()
  const { data, platform } = useApp()
  const report = useReport()
  const [removing, setRemoving] = useState(false)
  const close = () => setRemoving(false)
  const tell = (done: boolean, text: string) => (done ? toast.success(text) : toast.error(t('queue.too-late')))
  const refused = item.state === 'refused'
  const removable = refused || item.state === 'queued' || item.state === 'unsaved' || item.state === 'held'
  const remove = () =>
    refused
      ? data.act.discardRefused({ id: item.id }).then(() => tell(true, t('queue.discarded')))
      : data.act.cancelQueued({ id: item.id }).then((done) => tell(done, t('queue.cancelled')))
  return (
    <div className="flex flex-wrap items-start justify-end gap-1.5 max-medium:justify-start">
      {item.text ? (
        <Button onClick={() => void platform.writeClipboard(item.text).then(() => toast.success(t('common.copied')))}>
          {t('common.copy')}
        </Button>
      ) : null}
      {item.canEdit ? <Button onClick={() => onEdit(item)}>{t('common.edit')}</Button> : null}
      {refused ? (
        <Button
          onClick={() =>
            void report(data.act.retryRefused({ id: item.id })).then(
              (done) => done && toast.success(t('queue.retried')),
            )
          }
        >
          {t('common.retry')}
        </Button>
      ) : null}
      {removable ? (
        <Button kind="danger" onClick={() => setRemoving(true)}>
          {t(refused ? 'queue.discard' : 'queue.cancel')}
        </Button>
      ) : null}
      <Confirm
        open={removing}
        title={t(refused ? 'queue.discard.title' : 'queue.cancel.title')}
        text={t(item.attachments > 0 && !refused ? 'queue.remove.files' : 'queue.remove.text')}
        confirm={t(refused ? 'queue.discard' : 'queue.cancel.confirm')}
        cancel={t('queue.keep')}
        danger
        onConfirm={() => {
          close()
          void remove()
        }}
        onCancel={close}
      />
    </div>
  )
}

/** What was written, in display words: stages and people are stored by their ids. */
function entryText(t: Translate, item: QueueItem, nameOf: (id: string) => string | undefined): string {
  if (item.type === 'ticket.stage') {
    const stage = stages.find((known) => known === item.text)
    return stage ? t(`stage.${stage}`) : item.text
  }
  if (item.type === 'ticket.assign') return item.text === '' ? t('common.nobody') : (nameOf(item.text) ?? item.text)
  return item.text
}
