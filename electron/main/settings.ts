import * as z from 'zod/mini'
import type { CallArgument, Language, Settings } from '#common/ipc.ts'
import { settingsSchema } from '#common/ipc.ts'
import type { JsonFile } from './json-file.ts'

export type SettingsStore = {
  current(): Settings
  /** Changes the given fields and answers all. In force at once; rejects when the file could not be written. */
  change(changes: CallArgument<'settings.write'>): Promise<Settings>
  /** Calls the listener after each change; returns its disposer. */
  onChange(listener: (settings: Settings) => void): () => void
}

/** What a first start begins with. */
export type SettingsDefaults = { language: Language; createDeviceId: () => string }

/** Russian, unless the system clearly speaks another language. */
export function languageOf(systemLanguages: readonly string[]): Language {
  const first = systemLanguages[0]?.toLowerCase() ?? ''
  return first === '' || first === 'c' || first.startsWith('ru') ? 'ru' : 'en'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Field by field: one that is damaged, or from a newer version, must not take the others with it. */
function parseFields(stored: Record<string, unknown>): Partial<Settings> {
  const sound = Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
    const field = z.safeParse(schema, stored[name])
    return field.success && field.data !== undefined ? [[name, field.data]] : []
  })
  // Each field was parsed with its own schema just above.
  return Object.fromEntries(sound) as Partial<Settings>
}

/** Reads the file, or begins with the defaults and writes it. */
export async function openSettings(file: JsonFile, defaults: SettingsDefaults): Promise<SettingsStore> {
  const content = await file.read()
  // Fields that this version does not know stay in the file for the newer one that wrote them.
  const stored = isRecord(content) ? content : {}
  const sound = parseFields(stored)
  const listeners = new Set<(settings: Settings) => void>()
  let settings: Settings = {
    theme: 'system',
    language: defaults.language,
    servers: [],
    deviceId: '',
    ...sound,
  }
  if (settings.deviceId === '') settings.deviceId = defaults.createDeviceId()
  const save = () => file.write({ ...stored, ...settings })
  if (sound.deviceId !== settings.deviceId)
    await save().catch(() => {
      // The disk is full: the app works with what it has in memory, and a later change writes all of it.
    })

  return {
    current: () => settings,
    async change(changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined)
      settings = { ...settings, ...Object.fromEntries(given) }
      const changed = settings
      for (const listener of listeners) listener(changed)
      await save()
      return changed
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
