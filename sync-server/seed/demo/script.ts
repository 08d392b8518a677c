import { stages, type Stage } from '#common/domain/ticket.ts'
import type { StoredMedia } from '../../policy/media-facts.ts'
import type { DemoTicket } from './demo-ticket.ts'

/** What there are photos of. */
export const sceneNames = ['gauge', 'puddle', 'seal', 'panel', 'rollers'] as const
export type SceneName = (typeof sceneNames)[number]

/** A photo as an upload would have left it. */
export type DemoPhoto = { sha256: string; stored: Omit<StoredMedia, 'uploaders'> }
export type DemoPhotos = { photo(scene: SceneName): Promise<DemoPhoto>; finish(): Promise<void> }

/** One thing that happened to a ticket. `by` is a login. */
export type DemoEvent = { atMs: number; by: string } & (
  | { type: 'open' }
  | { type: 'message'; text: string; photos: SceneName[] }
  | { type: 'assign' }
  | { type: 'stage'; stage: Stage; reason: string | undefined }
)

const dayAndTime = /^@-(\d+) (\d\d):(\d\d)$/
const minutesAgo = /^~(\d+)$/
const message = /^([cdoe])\+(\d+) (?:\[([\w, ]+)\] )?(.+)$/
const stageLine = /^=\+(\d+) (\w+)(?: (.+))?$/
const minuteMs = 60_000

/** Stages that the engineer reports; the others are the dispatcher's. */
const stagesOfEngineer: readonly Stage[] = [
  'accepted',
  'enRoute',
  'inProgress',
  'needsFollowUp',
  'done',
  'assigneeRefused',
]

/** Reads a script (its form: {@link DemoTicket}) into events, oldest first. Throws where it is not of that form. */
export function readScript(ticket: DemoTicket, nowMs: number): DemoEvent[] {
  const lines = ticket.script.split('\n').flatMap((line) => line.trim() || [])
  const events: DemoEvent[] = []
  let atMs = 0
  const moveTo = (nextMs: number): void => {
    if (nextMs < atMs) throw new Error(`«${ticket.title}»: the clock goes back`)
    atMs = nextMs
    if (events.length === 0) events.push({ atMs, by: authorOf(ticket), type: 'open' })
  }
  for (const line of lines) {
    const [, days, hours, minutes] = dayAndTime.exec(line) ?? []
    const [, ago] = minutesAgo.exec(line) ?? []
    const [, who, gap, photos, text] = message.exec(line) ?? []
    const [, stageGap, stage, reason] = stageLine.exec(line) ?? []
    if (days !== undefined) moveTo(localTime(nowMs, Number(days), Number(hours), Number(minutes)))
    else if (ago !== undefined) moveTo(nowMs - Number(ago) * minuteMs)
    else if (who !== undefined && text !== undefined) {
      moveTo(atMs + Number(gap) * minuteMs)
      events.push({ atMs, by: loginOf(ticket, who), type: 'message', text, photos: scenesOf(ticket, photos) })
    } else if (stage !== undefined) {
      moveTo(atMs + Number(stageGap) * minuteMs)
      events.push(stageEvent(ticket, atMs, stage, reason))
    } else throw new Error(`«${ticket.title}»: what is «${line}»?`)
  }
  if (atMs > nowMs) throw new Error(`«${ticket.title}»: ends in the future`)
  return events
}

function scenesOf(ticket: DemoTicket, names = ''): SceneName[] {
  return names.split(/, */).flatMap((name) => {
    const scene = sceneNames.find((known) => known === name)
    if (name !== '' && scene === undefined) throw new Error(`«${ticket.title}»: no photo of ${name}`)
    return scene ?? []
  })
}

function stageEvent(ticket: DemoTicket, atMs: number, name: string, reason: string | undefined): DemoEvent {
  if (name === 'assign') return { atMs, by: ticket.dispatcher, type: 'assign' }
  const stage = stages.find((known) => known === name)
  if (stage === undefined) throw new Error(`«${ticket.title}»: no stage ${name}`)
  const by = stagesOfEngineer.includes(stage) ? loginOf(ticket, 'e') : ticket.dispatcher
  return { atMs, by, type: 'stage', stage, reason }
}

function authorOf(ticket: DemoTicket): string {
  return ticket.createdBy === 'dispatcher' ? ticket.dispatcher : ticket.customer
}

function loginOf(ticket: DemoTicket, who: string): string {
  if (who === 'c') return ticket.customer
  if (who === 'd') return ticket.dispatcher
  if (who === 'o') return ticket.dispatcher === 'dispatcher' ? 'dispatcher2' : 'dispatcher'
  if (ticket.engineer === null) throw new Error(`«${ticket.title}» has no engineer`)
  return ticket.engineer
}

function localTime(nowMs: number, daysAgo: number, hours: number, minutes: number): number {
  const date = new Date(nowMs)
  date.setDate(date.getDate() - daysAgo)
  return date.setHours(hours, minutes, 0, 0)
}
