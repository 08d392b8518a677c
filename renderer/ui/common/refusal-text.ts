import type { Refusal } from '#common/protocol/refusals.ts'
import type { MessageKey, Translate } from '../../i18n/messages.ts'
import { ru } from '../../i18n/ru.ts'
import type { WriteFailure } from '../../data/api.ts'

/** Why the server did not take something, in the user's words. */
export function refusalText(t: Translate, refusal: Refusal): string {
  const lastName = refusal.field?.split('.').at(-1)
  if (refusal.code === 'E_COMMAND_INVALID' && lastName)
    return t('refusal.E_COMMAND_INVALID.field', { field: fieldText(t, lastName) })
  const ofField = `refusal.${refusal.code}.${lastName}`
  if (isKnown(ofField)) return t(ofField)
  const key = `refusal.${refusal.code}`
  return isKnown(key) ? t(key) : t('refusal.other', { code: refusal.code })
}

/** A ticket's field by its stored name; names of a newer server are shown as they are. */
export function fieldText(t: Translate, name: string): string {
  const key = `field.${name}`
  return isKnown(key) ? t(key) : name
}

/** Why something could not be written down on this device. */
export function writeFailureText(t: Translate, failure: WriteFailure): string {
  return failure.kind === 'invalid' ? refusalText(t, failure.refusal) : failureDetail(t, failure.detail)
}

/** What the disk said; reasons without words of ours are shown as they came. */
export function failureDetail(t: Translate, detail: string): string {
  return detail === 'disk-full' || detail === 'unwritable' ? t(`failure.${detail}`) : detail
}

type PlainKey = Extract<MessageKey, 'refusal.E_FORBIDDEN' | 'field.title'>

/** Messages reached by a name from outside take no arguments, as the two in `PlainKey`. */
function isKnown(key: string): key is PlainKey {
  return Object.hasOwn(ru, key)
}
