/** What `log-writer.ts` writes and its test reads. */
export const writers = 8
export const userOfWriters = 'writer'
export const roomsOfWriter = (writer: number): [string, string] => [`chat.w${writer}.team`, `chat.w${writer}.customer`]
