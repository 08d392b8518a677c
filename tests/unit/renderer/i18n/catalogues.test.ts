import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage'
import { describe, expect, test } from 'vitest'
import { en } from '#renderer/i18n/en.ts'
import { ru } from '#renderer/i18n/ru.ts'

const renderer = resolve(import.meta.dirname, '../../../../renderer')

/** Names of the arguments of a message, nested ones too. */
function argumentsOf(text: string): string[] {
  const names = new Set<string>()
  const walk = (token: unknown): void => {
    if (!Array.isArray(token)) return
    const [name, type, branches] = token as [unknown, unknown, unknown]
    if (typeof name === 'string' && (token.length === 1 || typeof type === 'string')) names.add(name)
    if (branches !== null && typeof branches === 'object')
      for (const branch of Object.values(branches)) if (Array.isArray(branch)) branch.forEach(walk)
  }
  const compiled = compileMessageOrThrow(text)
  if (Array.isArray(compiled)) compiled.forEach(walk)
  return [...names].sort()
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/^(ru|en)\.ts$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

describe('catalogues', () => {
  const keys = Object.keys(ru) as (keyof typeof ru)[]

  test('both languages have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(ru))
  })

  test('every message compiles and has the same arguments in both languages', () => {
    for (const key of keys) expect(argumentsOf(en[key]), key).toEqual(argumentsOf(ru[key]))
  })

  test('bold text is marked in pairs', () => {
    for (const key of keys) for (const text of [ru[key], en[key]]) expect(text.split('**').length % 2, key).toBe(1)
  })

  test('every Russian plural has the forms for 1, 2, 5 and 1.5', () => {
    for (const key of keys.filter((each) => ru[each].includes(', plural,')))
      for (const form of ['one', 'few', 'many', 'other'])
        expect(new RegExp(`${form} \\{`).test(ru[key]), `${key}: ${form}`).toBe(true)
  })

  test('every key is used', () => {
    const sources = sourcesOf(renderer).join('\n')
    // `t(`stage.${stage}`)` uses every key that fits the template.
    const templates = [...sources.matchAll(/`([\w.-]*\$\{[^`]*)`/g)].map((match) => {
      const parts = (match[1] ?? '').split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return new RegExp(`^${parts.join('[\\w.-]+')}$`)
    })
    const prefixes = templates.filter((template) => /^\^[a-z]/.test(template.source))
    const unused = keys.filter(
      (key) => !sources.includes(`'${key}'`) && !prefixes.some((template) => template.test(key)),
    )
    expect(unused).toEqual([])
  })
})
