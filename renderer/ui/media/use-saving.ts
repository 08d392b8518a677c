import { useCallback } from 'react'
import { toast } from 'sonner'
import type { RoomName } from '#common/domain/ids.ts'
import type { Attachment } from '#common/domain/message.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'

/** «Сохранить как» and «Показать в папке» of a chat's photos and videos. */
export function useSaving(room: RoomName) {
  const { t } = useLanguage()
  const { data } = useApp()
  const save = useCallback(
    async ({ sha256, name }: Attachment) => {
      const outcome = await data.act.saveMediaAs({ room, sha256, name })
      if (outcome === 'saved') toast.success(t('media.save.saved'))
      else if (outcome !== 'cancelled') toast.error(t(`media.save.${outcome}`))
    },
    [data, room, t],
  )
  const show = useCallback(
    async ({ sha256, name }: Attachment) => {
      if (!(await data.act.showInFolder({ room, sha256, name }))) toast.error(t('media.show.failed'))
    },
    [data, room, t],
  )
  return { save, show }
}
