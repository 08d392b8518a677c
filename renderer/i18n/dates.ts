import type { Language } from '#common/ipc.ts'
import type { Translate } from './messages.ts'

const formats = {
  time: { hour: '2-digit', minute: '2-digit' },
  dayMonth: { day: 'numeric', month: 'long' },
  dayMonthShort: { day: 'numeric', month: 'short' },
  dayMonthYear: { day: 'numeric', month: 'long', year: 'numeric' },
  numericDate: { day: '2-digit', month: '2-digit', year: 'numeric' },
  dayMonthTime: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  timeSeconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  long: { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  full: { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const cache = new Map<string, Intl.DateTimeFormat>()

function format(language: Language, name: keyof typeof formats, at: number): string {
  const key = `${language} ${name}`
  let formatter = cache.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', formats[name])
    cache.set(key, formatter)
  }
  return formatter.format(at)
}

/** Midnight at which the local day of `at` begins: equal for two moments of one day. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole local days from `at` to `now`: 0 today, 1 yesterday. Rounded, since a day of a clock change has 23 or 25 hours. */
function daysBetween(at: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(at)) / 86_400_000)
}

export function timeText(language: Language, at: number): string {
  return format(language, 'time', at)
}

/** When something happened, as short as a list row needs it: «14:32», «вчера», «20 нояб.», «20.11.2024». */
export function rowTimeText({ language, t }: Words, at: number, now: number): string {
  const days = daysBetween(at, now)
  if (days <= 0) return timeText(language, at)
  if (days === 1) return t('chat.yesterday.short')
  return format(language, sameYear(at, now) ? 'dayMonthShort' : 'numericDate', at)
}

/** Heading of a day in a conversation: «Сегодня, 22 ноября», «Вчера, 21 ноября», «20 ноября», «20 ноября 2024 г.». */
export function dayText({ language, t }: Words, at: number, now: number): string {
  const days = daysBetween(at, now)
  const date = format(language, sameYear(at, now) ? 'dayMonth' : 'dayMonthYear', at)
  if (days === 0) return t('chat.today', { date })
  if (days === 1) return t('chat.yesterday', { date })
  return date
}

/** Date and time; the date is left out today: «14:32», «20 нояб., 14:32». */
export function momentText(language: Language, at: number, now: number): string {
  if (daysBetween(at, now) === 0) return timeText(language, at)
  return sameYear(at, now)
    ? format(language, 'dayMonthTime', at)
    : `${format(language, 'numericDate', at)}, ${timeText(language, at)}`
}

/** Date with year and time: «22 ноября 2026 г. в 17:00». */
export function longMomentText(language: Language, at: number): string {
  return format(language, 'long', at)
}

/** Time to the second; with its date where that is not the day of `beside`. */
export function exactTimeText(language: Language, at: number, beside: number): string {
  return dayOf(at) === dayOf(beside) ? format(language, 'timeSeconds', at) : fullMomentText(language, at)
}

/** Everything to the second, for hints. */
export function fullMomentText(language: Language, at: number): string {
  return format(language, 'full', at)
}

/**
 * «38 мин», «2 ч 26 мин», «3 дн.» for a length of time in ms, which may not be negative. The catalogues put a no-break space
 * before each unit: a line that ends in «через 14» reads as another number.
 */
export function durationText(t: Translate, lengthMs: number): string {
  const minutes = Math.floor(lengthMs / 60_000)
  if (minutes < 60) return t('duration.minutes', { minutes })
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return t('duration.days', { days: Math.floor(hours / 24) })
  return minutes % 60 === 0
    ? t('duration.hours.whole', { hours })
    : t('duration.hours', { hours, minutes: minutes % 60 })
}

/** «0:38», «2:05»: hours and minutes of a countdown. */
export function countdownText(lengthMs: number): string {
  const minutes = Math.floor(lengthMs / 60_000)
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

type Words = { language: Language; t: Translate }

function sameYear(one: number, other: number): boolean {
  return new Date(one).getFullYear() === new Date(other).getFullYear()
}
