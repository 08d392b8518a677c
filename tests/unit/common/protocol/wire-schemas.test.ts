import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { organisationSchema, roleSchema } from '#common/documents/directory-document.ts'
import { commandSchema } from '#common/domain/command.ts'
import { entrySchema, participantSchema, receiptSchema } from '#common/domain/message.ts'
import { permissions } from '#common/domain/role.ts'
import { historyEntrySchema, ticketSchema } from '#common/domain/ticket.ts'
import { userSchema } from '#common/domain/user.ts'
import { closeCodes } from '#common/protocol/close-codes.ts'
import { helloSchema, opcodes, scopes, welcomeSchema } from '#common/protocol/control-frames.ts'
import {
  apiKeyRequestSchema,
  apiKeyResponseSchema,
  apiKeysResponseSchema,
  auditResponseSchema,
  commandResponseSchema,
  errorResponseSchema,
  importRequestSchema,
  importResponseSchema,
  invitationRequestSchema,
  invitationResponseSchema,
  redeemRequestSchema,
  refreshRequestSchema,
  sessionResponseSchema,
  signInRequestSchema,
  standingSchema,
  uploadMetadataSchema,
  uploadsPath,
  userSessionsResponseSchema,
} from '#common/protocol/http-api.ts'
import { mediaVariants } from '#common/domain/media-type.ts'
import { refusalCodes } from '#common/protocol/refusals.ts'
import {
  bearerSubprotocolPrefix,
  history,
  protocolVersion,
  roomSubprotocol,
  syncSubprotocol,
} from '#common/protocol/version.ts'

const schemas = {
  commandSchema,
  entrySchema,
  receiptSchema,
  participantSchema,
  ticketSchema,
  historyEntrySchema,
  helloSchema,
  welcomeSchema,
  userSchema,
  roleSchema,
  organisationSchema,
  standingSchema,
  signInRequestSchema,
  refreshRequestSchema,
  sessionResponseSchema,
  commandResponseSchema,
  errorResponseSchema,
  invitationRequestSchema,
  invitationResponseSchema,
  redeemRequestSchema,
  userSessionsResponseSchema,
  apiKeyRequestSchema,
  apiKeyResponseSchema,
  apiKeysResponseSchema,
  auditResponseSchema,
  importRequestSchema,
  importResponseSchema,
  uploadMetadataSchema,
}

/** Hash of everything a client of another maker relies on. */
function hashWireFormat(): string {
  const described = Object.entries(schemas).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  ])
  const rest = {
    opcodes,
    scopes,
    closeCodes,
    refusalCodes,
    permissions,
    uploadsPath,
    mediaVariants,
    bearerSubprotocolPrefix,
    roomSubprotocol,
    syncSubprotocol,
  }
  return createHash('sha256')
    .update(JSON.stringify([described, rest]))
    .digest('hex')
    .slice(0, 16)
}

describe('wire schemas', () => {
  it('change only together with the protocol version and its line of history', () => {
    const current = history.find((line) => line.version === protocolVersion)
    expect(current?.schemaHash).toBe(hashWireFormat())
  })

  it('have one line of history for each version up to the current one', () => {
    expect(history.map((line) => line.version)).toEqual(
      Array.from({ length: protocolVersion }, (_, index) => index + 1),
    )
  })
})
