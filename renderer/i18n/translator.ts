import { setupI18n } from '@lingui/core'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import type { Language } from '#common/ipc.ts'
import { en } from './en.ts'
import type { Catalogue, Translate } from './messages.ts'
import { ru } from './ru.ts'

const catalogues: Record<Language, Catalogue> = { ru, en }

/**
 * A function that words keys in one language. A text is compiled when it is first needed (all at once: some 30 ms of every
 * start), by a parser and without `eval`, which the page's content security policy forbids.
 */
export function createTranslator(language: Language): Translate {
  const texts = catalogues[language]
  const i18n = setupI18n({ locale: language, messages: { [language]: {} } })
  const compiled = new Set<string>()
  return (key, ...values) => {
    if (!compiled.has(key)) {
      i18n.load(language, { [key]: compileMessageOrThrow(texts[key]) })
      compiled.add(key)
    }
    return i18n._(key, values[0])
  }
}
