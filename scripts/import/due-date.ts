const russian = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/
const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/**
 * `25.01.2027 18:00`, `2027-01-25T18:00`, either without the time, ISO with an offset too → ISO 8601 in UTC; undefined for what
 * is no moment. Without an offset it is the local time of this computer. A day alone lasts until its last minute.
 */
export function readDueDate(text: string): string | undefined {
  const [, day, month, year, ...clock] = russian.exec(text) ?? []
  if (year !== undefined) return moment([year, month, day], clock, undefined)
  const [, isoYear, isoMonth, isoDay, hour, minute, second, offset] = iso.exec(text) ?? []
  if (isoYear === undefined) return undefined
  return moment([isoYear, isoMonth, isoDay], [hour, minute, second], offset)
}

type Digits = (string | undefined)[]

function moment(date: Digits, clock: Digits, offset: string | undefined): string | undefined {
  const [year = 0, month = 0, day = 0] = date.map(Number)
  const hasTime = clock[0] !== undefined
  const [hour = 0, minute = 0, second = 0] = hasTime ? clock.map((digits) => Number(digits ?? 0)) : [23, 59]
  const asUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // 31 February rolls over to March: what came out must be what was written.
  const written = [year, month - 1, day, hour, minute, second].join()
  const utc = [asUtc.getUTCFullYear(), asUtc.getUTCMonth(), asUtc.getUTCDate(), asUtc.getUTCHours()]
  if ([...utc, asUtc.getUTCMinutes(), asUtc.getUTCSeconds()].join() !== written) return undefined
  if (offset !== undefined) return withOffset(asUtc, offset)
  return new Date(year, month - 1, day, hour, minute, second).toISOString()
}

function withOffset(asUtc: Date, offset: string): string | undefined {
  if (offset === 'Z') return asUtc.toISOString()
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(-2))
  if (hours > 14 || minutes > 59) return undefined
  const ms = (hours * 60 + minutes) * 60_000
  return new Date(asUtc.getTime() + (offset.startsWith('-') ? ms : -ms)).toISOString()
}
