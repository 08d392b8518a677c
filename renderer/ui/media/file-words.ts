import type { UploadProgress } from '../../data/media-api.ts'
import type { Language } from '#common/ipc.ts'
import type { Translate } from '../../i18n/messages.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
const step = 1000
const minuteMs = 60_000

/** «2,4 МБ»; whole bytes and kilobytes. */
export function sizeText(language: Language, bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(step))))
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power < 2 ? 0 : 1,
  }).format(bytes / step ** power)
}

/** Length of a video: «0:42», «1:02:05». */
export function lengthText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

/** How long something still takes, no more exactly than anybody can tell: «40 с», «3 мин», «1 ч 20 мин». */
function remainingText(t: Translate, ms: number): string {
  if (ms < minuteMs) return t('media.time.seconds', { count: Math.max(5, Math.ceil(ms / 5000) * 5) })
  const minutes = Math.ceil(ms / minuteMs)
  if (minutes < 60) return t('media.time.minutes', { count: minutes })
  return t('media.time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

/** Where the files of a message are on their way. */
export function uploadText(
  { t, language }: { t: Translate; language: Language },
  upload: UploadProgress,
  online: boolean,
): string {
  const { state, filesDone: done, files, bytesDone, bytes, remainingMs, failure, failed } = upload
  switch (state) {
    case 'waiting':
      return t(online ? 'media.upload.waiting' : 'media.upload.offline', { done, files })
    case 'paused':
      return t('media.upload.paused', { done, files })
    case 'failed':
      return t('media.upload.failed', {
        names: failed.join(', '),
        reason: failure === null ? '' : t(`media.failure.${failure}`),
      })
    case 'running': {
      const sent = sizeText(language, bytesDone)
      const running = t('media.upload.running', { done, files, sent, size: sizeText(language, bytes) })
      if (remainingMs === null) return running
      return `${running} · ${t('media.upload.remaining', { time: remainingText(t, remainingMs) })}`
    }
  }
}
