import * as z from 'zod/mini'
import type { Attachment } from '#common/domain/message.ts'
import { fileFailures } from '../media-api.ts'

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const size = z.int().check(z.positive())
const pixels = z.optional(z.int().check(z.positive()))

/** What goes to the server for a picked file: the hash of these bytes is the attachment's address for ever. */
const sentFileSchema = z.object({
  sha256,
  size,
  mime: z.string(),
  width: pixels,
  height: pixels,
  durationMs: z.optional(z.int().check(z.nonnegative())),
  thumbhash: z.optional(z.string()),
  /** A small picture of it on this device. */
  thumb: z.optional(sha256),
  /** A video's picture, uploaded beside it. */
  poster: z.optional(z.object({ sha256, size })),
})
export type SentFile = z.infer<typeof sentFileSchema>

/**
 * A photo or video that the user gave us, as a draft and a message that waits keep it. Its bytes are in the media folder under their
 * hashes: `picked` as it was given, `sent` as it goes out; null until it is prepared.
 */
export const keptFileSchema = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(40)),
  name: z.string(),
  kind: z.enum(['photo', 'video']),
  picked: z.object({ sha256, size, type: z.string() }),
  sent: z.nullable(sentFileSchema),
  failure: z.nullable(z.enum(fileFailures)),
})
export type KeptFile = z.infer<typeof keptFileSchema>

/** What the user has not sent yet, of one chat. `originals`: photos go out as they were picked. */
export type Draft = { text: string; files: KeptFile[]; originals: boolean }

export const emptyDraft: Draft = { text: '', files: [], originals: false }

export function isEmptyDraft({ text, files, originals }: Draft): boolean {
  return text === '' && files.length === 0 && !originals
}

/** Fit to be sent. */
export function isReady({ sent, failure }: KeptFile): boolean {
  return sent !== null && failure === null
}

/** Hashes of all bytes that a file needs on this device. */
export function hashesOf({ picked, sent }: KeptFile): string[] {
  const also = sent === null ? [] : [sent.sha256, sent.thumb, sent.poster?.sha256]
  return [...new Set([picked.sha256, ...also.filter((hash) => hash !== undefined)])]
}

/** The file as its message's command names it; undefined before it is prepared. */
export function attachmentOf({ name, sent }: KeptFile): Attachment | undefined {
  if (sent === null) return undefined
  const { sha256, size, mime, width, height, durationMs, thumbhash } = sent
  return {
    ...{ sha256, name, mime, size },
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(thumbhash === undefined ? {} : { thumbhash }),
  }
}

/**
 * The draft after a message went out of it with these files. What was typed behind its text stays, and so does another text;
 * a beginning of it, stored before its last letters were typed, goes too.
 */
export function withoutMessage({ text, files, originals }: Draft, sent: string, taken: readonly KeptFile[]): Draft {
  const ids = new Set(taken.map(({ id }) => id))
  const left = files.filter(({ id }) => !ids.has(id))
  const rest = text.startsWith(sent) ? text.slice(sent.length) : sent.startsWith(text) ? '' : text
  return { text: rest, files: left, originals: originals && left.length > 0 }
}

/** The draft after a message of `former` could not be written down: what came into it meanwhile stays behind. */
export function givenBack(draft: Draft, former: Draft, files: readonly KeptFile[]): Draft {
  const { text } = draft
  // A field that still shows the message may have saved it once more.
  const joined = text.startsWith(former.text) ? text : [former.text, text].filter(Boolean).join('\n')
  return { ...takenBack(draft, files, joined), originals: draft.originals || former.originals }
}

/** The draft after a message was taken back: its files come before those that were attached since. */
export function takenBack(draft: Draft, files: readonly KeptFile[], text = draft.text): Draft {
  const known = new Set(files.map(({ picked }) => picked.sha256))
  return { ...draft, text, files: [...files, ...draft.files.filter(({ picked }) => !known.has(picked.sha256))] }
}
