import { setupI18n } from '@lingui/core'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import type { Language } from '#common/ipc.ts'
import { en } from './en.ts'
import type { Catalogue, Translate } from './messages.ts'
import { ru } from './ru.ts'

const catalogues: Record<Language, Catalogue> = { ru, en }

/**
 * A function that words keys in one language. The catalogue is compiled once, by a parser and without `eval`, which the
 * page's content security policy forbids.
 */
export function createTranslator(language: Language): Translate {
  const messages = Object.fromEntries(
    Object.entries(catalogues[language]).map(([key, text]) => [key, compileMessageOrThrow(text)]),
  )
  const i18n = setupI18n({ locale: language, messages: { [language]: messages } })
  return (key, ...values) => i18n._(key, values[0])
}
