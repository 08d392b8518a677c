import { useState } from 'react'
import type { ChatKind } from '#common/domain/ids.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { CheckBox } from '../common/check-box.tsx'
import { Confirm } from '../common/dialog.tsx'
import type { MessageItem } from './conversation-rows.ts'

type DeleteQuestionProps = {
  item: MessageItem
  chat: ChatKind
  onDelete(chats: ChatKind[]): void
  onCancel(): void
}

/** Asks before a message is deleted; of a cross-post both copies go unless one says otherwise. */
export function DeleteQuestion({ item, chat, onDelete, onCancel }: DeleteQuestionProps) {
  const { t } = useLanguage()
  const [both, setBoth] = useState(true)
  return (
    <Confirm
      open
      title={t('chat.delete.title')}
      text={t('chat.delete.text')}
      confirm={t('common.delete')}
      danger
      onConfirm={() => onDelete(both && item.alsoIn !== null ? [chat, item.alsoIn] : [chat])}
      onCancel={onCancel}
    >
      {item.alsoIn === null ? null : (
        <CheckBox checked={both} onChange={setBoth}>
          {t('chat.delete.both')}
        </CheckBox>
      )}
    </Confirm>
  )
}
