/** The protocol's version, sent in HELLO. Any change of a wire schema raises it and adds a line to `history`. */
export const protocolVersion = 3

/** Oldest client version that the server still takes; older ones are closed with 4426. */
export const oldestClientVersion = 1

/** Subprotocol of `GET /sync`. */
export const syncSubprotocol = 'naryad.v1'

/** Subprotocol of `GET /rooms/<room>`; the client offers it together with `bearer.<access token>`. */
export const roomSubprotocol = 'naryad.y'

export const bearerSubprotocolPrefix = 'bearer.'

/** One line per version: what changed, with the hash of the wire schemas that a test checks. */
export const history: readonly { version: number; change: string; schemaHash: string }[] = [
  { version: 1, change: 'First version.', schemaHash: '91cbf50529989352' },
  {
    version: 2,
    change: 'Commands for participants, roles, users and settings; STANDING; invitations, API keys, audit, import.',
    schemaHash: '010cac4a49a8a307',
  },
  { version: 3, change: 'Photos and videos: uploads, GET /media, refusals E_MEDIA_….', schemaHash: 'c540b2187e240bdb' },
]
