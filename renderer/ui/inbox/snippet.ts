import type { InboxRow } from '../../data/api.ts'
import type { Translate } from '../../i18n/messages.ts'

/** First name of «Ольга Синицына»: a row has no room for more. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name
}

/** The newest message of a chat as one line: «Ольга: Байпас перекрыли», «Вы: 4 файла». */
export function snippetOf(t: Translate, row: Pick<InboxRow, 'last'>): string {
  const { last } = row
  if (!last) return t('inbox.empty-chat')
  const author = last.own ? t('inbox.you') : firstName(last.authorName)
  const text = last.text.replace(/\s+/g, ' ').trim()
  const files = last.attachments > 0 ? t('inbox.attachments', { count: last.attachments }) : ''
  return `${author}: ${[text, files].filter(Boolean).join(' · ') || t('inbox.deleted')}`
}
