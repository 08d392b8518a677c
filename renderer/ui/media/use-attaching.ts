import { useCallback, useMemo } from 'react'
import { toast } from 'sonner'
import type { RoomName } from '#common/domain/ids.ts'
import type { Attached } from '../../data/media-api.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { useApp } from '../common/app-context.tsx'
import { failureDetail } from '../common/refusal-text.ts'

export type Attaching = {
  /** By the system's dialog. */
  pick(): void
  /** Pasted, dropped, or of the camera. */
  attach(files: readonly File[]): void
}

/** Puts files into the draft of a chat. The chat is fixed before anything waits, so that a slow file never lands in another. */
export function useAttaching(room: RoomName): Attaching {
  const { t } = useLanguage()
  const { data } = useApp()
  const report = useCallback(
    async (attaching: Promise<Attached>) => {
      const done = await attaching
      if (!done.ok) toast.error(t('media.not-kept', { detail: failureDetail(t, done.reason.detail) }))
    },
    [t],
  )
  return useMemo(
    () => ({
      pick: () => void report(data.act.pickFiles({ room })),
      attach: (files) =>
        files.length > 0 ? void report(data.act.attachFiles({ room, files: [...files] })) : undefined,
    }),
    [data, report, room],
  )
}

/** Files that were pasted. Programs that copy formatted text add a picture of it: then the text is meant. */
export function pastedFiles(clipboard: DataTransfer): File[] {
  const files = [...clipboard.files]
  const lines = clipboard
    .getData('text/plain')
    .split('\n')
    .map((line) => line.trim())
  // A file manager tells the paths of what was copied as text too.
  const isPath = (line: string) => files.some(({ name }) => line.endsWith(name) || line.endsWith(encodeURI(name)))
  return lines.every((line) => line === '' || isPath(line)) ? files : []
}
