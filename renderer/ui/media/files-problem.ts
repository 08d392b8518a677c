import { messageLimits } from '#common/domain/message.ts'
import type { DraftFile } from '../../data/media-api.ts'
import type { Translate } from '../../i18n/messages.ts'

/** Why a message can't be sent with these files yet; null when it can. */
export function filesProblem(t: Translate, files: readonly DraftFile[]): string | null {
  const over = files.length - messageLimits.attachments
  if (over > 0) return t('media.over', { count: over })
  const failed = files.filter(({ state }) => state === 'failed').length
  if (failed > 0) return t('media.unready', { count: failed })
  return files.some(({ state }) => state === 'preparing') ? t('media.tile.preparing') : null
}
