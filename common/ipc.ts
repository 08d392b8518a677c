import * as z from 'zod/mini'
import { organisationSchema } from './documents/directory-document.ts'
import type { CachedState, CacheWriteOutcome, LocalFile, PickedFile } from './ipc-media.ts'
import { accountKeySchema as accountKey, mediaCalls } from './ipc-media.ts'
import { accountSchema } from './protocol/http-api.ts'

/**
 * Every channel between the window and the main process: its name, the schema of its argument and the type of its
 * answer. The main process checks the sender and parses the argument of each call with these schemas.
 */

/** What the user wrote and must never lose. `id` is unique within a kind. `value` is JSON; null forgets the item. */
const journalEntrySchema = z.strictObject({
  kind: z.enum(['command', 'draft']),
  id: z.string().check(z.minLength(1), z.maxLength(120)),
  value: z.nullable(z.string().check(z.maxLength(200_000))),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>
export type JournalItem = { kind: JournalEntry['kind']; id: string; value: string }

export type JournalContent = {
  /** Rises by one with each rewriting of the file; with the count it tells whether a browser database belongs to it. */
  generation: number
  items: JournalItem[]
  /** A torn or damaged tail was cut off when the file was opened. */
  repaired: boolean
}
export type JournalOutcome =
  { ok: true; generation: number } | { ok: false; reason: 'disk-full' | 'unwritable'; detail: string }

export const themes = ['system', 'light', 'dark'] as const
export const languages = ['ru', 'en'] as const
export type Language = (typeof languages)[number]
export type Theme = (typeof themes)[number]

export const settingsSchema = z.object({
  theme: z.enum(themes),
  language: z.enum(languages),
  /** Servers signed in to before, the latest first. */
  servers: z
    .array(z.object({ url: z.string().check(z.maxLength(300)), login: z.string().check(z.maxLength(100)) }))
    .check(z.maxLength(20)),
  /** Identifies this installation to servers; made at the first start. */
  deviceId: z.string(),
  /** Who was signed in last: lets the app start offline, even when the browser's database is gone. */
  lastAccount: z.optional(
    z.nullable(z.object({ server: z.string(), account: accountSchema, organisation: z.optional(organisationSchema) })),
  ),
  listWidth: z.optional(z.number()),
  detailsOpen: z.optional(z.boolean()),
  /** Both chats of a ticket beside each other, where the window is wide enough. */
  chatsBeside: z.optional(z.boolean()),
  lastPath: z.optional(z.string().check(z.maxLength(300))),
  /** Room for received photos and videos of one account, in bytes. */
  mediaCacheBytes: z.optional(z.int().check(z.minimum(50_000_000), z.maximum(1_000_000_000_000))),
  /** Files sent at once. */
  uploadsAtOnce: z.optional(z.int().check(z.minimum(1), z.maximum(6))),
  /** Photos and videos wait while the link is paid for by volume. */
  uploadsPauseOnMetered: z.optional(z.boolean()),
})
export type Settings = z.infer<typeof settingsSchema>

/** The refresh token of a server that the user wants to stay signed in to on this computer. */
const credentialsSchema = z.strictObject({
  server: z.string().check(z.maxLength(300)),
  login: z.string().check(z.maxLength(100)),
  refreshToken: z.string().check(z.maxLength(500)),
})
export type Credentials = z.infer<typeof credentialsSchema>

export type AppInformation = {
  version: string
  platform: string
  /** Given by `npm start` only: sign in at once with these. */
  demoSignIn?: { server: string; login: string; password: string } | undefined
  /** False where no keyring is: staying signed in then puts the token into a file that only the user can read. */
  keyring: boolean
}

const notificationSchema = z.strictObject({
  /** A later notification with the same tag replaces the earlier one. */
  tag: z.string().check(z.maxLength(120)),
  title: z.string().check(z.maxLength(300)),
  body: z.string().check(z.maxLength(1000)),
  /** Path of the app that a click opens, for example `/chats/<ticketId>/customer`. */
  path: z.string().check(z.regex(/^\/[0-9A-Za-z/?=&.-]{0,200}$/)),
})
export type NotificationRequest = z.infer<typeof notificationSchema>

export const calls = {
  'app.information': z.undefined(),
  'settings.read': z.undefined(),
  'settings.write': z.partial(z.strictObject({ ...settingsSchema.shape })),
  'credentials.read': z.strictObject({ server: z.string().check(z.maxLength(300)) }),
  'credentials.store': credentialsSchema,
  'credentials.clear': z.strictObject({ server: z.string().check(z.maxLength(300)) }),
  /** One journal file per account of a server: `user@server`, hashed by the caller to hex. */
  'journal.read': z.strictObject({ account: accountKey }),
  'journal.write': z.strictObject({
    account: accountKey,
    entries: z.array(journalEntrySchema).check(z.maxLength(1000)),
  }),
  /** The page's databases can't be opened: the app starts again without them. */
  'databases.discard': z.undefined(),
  'notifications.show': notificationSchema,
  'notifications.withdraw': z.strictObject({ tag: z.string().check(z.maxLength(120)) }),
  'badge.set': z.strictObject({ count: z.int().check(z.nonnegative(), z.maximum(1_000_000)) }),
  'link.open': z.strictObject({ url: z.string().check(z.maxLength(2000)) }),
  'clipboard.write': z.strictObject({ text: z.string().check(z.maxLength(100_000)) }),
  /** Asks the user where to; `name` is what the dialog offers, never a path. */
  'files.saveText': z.strictObject({
    name: z.string().check(z.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u)),
    text: z.string().check(z.maxLength(50_000_000)),
  }),
  'window.control': z.strictObject({ action: z.enum(['minimize', 'toggle-maximize', 'close']) }),
  ...mediaCalls,
} as const

export type CallName = keyof typeof calls
export type CallArgument<Name extends CallName> = z.infer<(typeof calls)[Name]>

export type SaveOutcome = 'saved' | 'cancelled' | 'failed'

export type CallAnswers = {
  'app.information': AppInformation
  'settings.read': Settings
  'settings.write': Settings
  'credentials.read': Credentials | null
  'credentials.store': void
  'credentials.clear': void
  'journal.read': JournalContent
  'journal.write': JournalOutcome
  /** False when that did not help before. */
  'databases.discard': boolean
  'notifications.show': boolean
  'notifications.withdraw': void
  'badge.set': void
  'link.open': boolean
  'clipboard.write': void
  'files.saveText': SaveOutcome
  'window.control': void
  'media.pick': PickedFile[]
  'media.adopt': PickedFile | null
  'media.list': LocalFile[]
  'media.forget': void
  'media.release': void
  'media.cacheState': CachedState
  'media.cacheWrite': CacheWriteOutcome
  'media.cacheForget': void
  'media.saveAs': SaveOutcome
  'media.showInFolder': boolean
  'camera.use': void
}

/** What the main process tells the window. */
export const eventSchemas = {
  'open-path': z.string(),
  'window-state': z.strictObject({ focused: z.boolean(), maximized: z.boolean() }),
  'power-resumed': z.undefined(),
} as const
export type EventName = keyof typeof eventSchemas
export type EventPayload<Name extends EventName> = z.infer<(typeof eventSchemas)[Name]>

/** The one object that the preload script exposes as `window.naryad`. */
export type NaryadBridge = {
  /** Takes over files that were dropped, pasted or chosen; answers in their order. The page learns no path. */
  adoptFiles(account: string, files: File[]): Promise<PickedFile[]>
  call<Name extends CallName>(name: Name, argument: CallArgument<Name>): Promise<CallAnswers[Name]>
  /** Returns its disposer. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void
}
