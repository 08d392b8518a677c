import * as z from 'zod/mini'

/**
 * Every reason for which the server refuses a room, a command or a request, with what it means. The socket stays open.
 * Source: SPEC.md, section «Refusals».
 */
export const refusalMeanings = {
  E_ROOM_NAME: 'The name is not a room name.',
  E_ROOM_FORBIDDEN: 'The room is absent or not visible to this user; both answers are the same on purpose.',
  E_READONLY: 'A client wrote into a room that only the server writes.',
  E_REMOVED: 'The user lost the right to the room while it was open.',
  E_COMMAND_INVALID: 'The command is not of the documented form; `field` names the first offending field.',
  E_COMMAND_TOO_BIG: 'The command is larger than the server accepts.',
  E_ID_CONFLICT: 'The same command id came before with other content.',
  E_TAKEN: 'The login or name is in use already.',
  E_NOT_FOUND: 'The ticket, message or user named by the command is absent or not visible.',
  E_FORBIDDEN: 'The user may not do this.',
  E_STALE:
    'The chat, stage or assignee changed since the command was written and the command asked to be stopped then.',
  E_RATE: 'Too many at once; try again later.',
  E_MEDIA_MISSING: 'An attachment was not uploaded by this user.',
  E_MEDIA_TYPE: 'The file is neither a photo nor a video that the server takes, or it can not be read.',
  E_MEDIA_TOO_BIG: 'The file has more bytes, or the photo more pixels, than the server takes.',
  E_MEDIA_CHECKSUM: 'The bytes that came are not those of the announced sha256 and length; they were deleted.',
  E_MEDIA_FULL: 'The organisation’s space for files is used up, or the disk is full. Text is taken as before.',
  E_EPOCH: 'The server’s history was restored; the client’s cursor is of another history.',
  E_FEATURE_OFF: 'The organisation has this feature switched off.',
  E_TOKEN: 'The access token is missing, expired or revoked.',
  E_CREDENTIALS: 'Login or password is wrong.',
  E_UNAVAILABLE: 'The server can not store anything now; nothing was lost, try again later.',
} as const

export type RefusalCode = keyof typeof refusalMeanings

export const refusalCodes = Object.keys(refusalMeanings) as [RefusalCode, ...RefusalCode[]]

/** A refusal as it travels: `message` is English and for logs; a user interface words it from `code` and `field`. */
export type Refusal = { code: RefusalCode; field?: string | undefined; message: string }

/** Patient with what we receive: a code of a newer server is read as E_COMMAND_INVALID with the code kept in `message`. */
export const refusalSchema = z.pipe(
  z.object({ code: z.string(), field: z.optional(z.string()), message: z.string() }),
  z.transform((value): Refusal => {
    const known = refusalCodes.find((code) => code === value.code)
    return known
      ? { ...value, code: known }
      : { ...value, code: 'E_COMMAND_INVALID', message: `${value.code}: ${value.message}` }
  }),
)

export function refusal(code: RefusalCode, field?: string): Refusal {
  return field === undefined
    ? { code, message: refusalMeanings[code] }
    : { code, field, message: refusalMeanings[code] }
}
