import { isPermission, type Role } from '#common/domain/role.ts'
import type { AuditEntry } from '#common/protocol/http-api.ts'
import type { Language } from '#common/ipc.ts'
import type { Translate } from '../../i18n/messages.ts'
import { historyLines, type HistoryLine } from '../ticket/history-words.ts'

export type AuditWords = {
  t: Translate
  language: Language
  nameOf(userId: string): string
  roles: readonly Role[]
}

const actions = [
  'ticket.create',
  'ticket.update',
  'ticket.stage',
  'ticket.assign',
  'ticket.import',
  'participants.add',
  'participants.remove',
  'organisation.update',
  'role.create',
  'role.update',
  'role.delete',
  'user.create',
  'user.update',
  'invitation.create',
  'invitation.redeem',
  'session.start',
  'session.end',
  'session.revoke',
  'session.reuse',
  'api-key.create',
  'api-key.revoke',
] as const

/** What was done; an action of a newer server is shown by its name. */
export function actionText(t: Translate, action: string): string {
  const known = actions.find((each) => each === action)
  return known ? t(`audit.action.${known}`) : action
}

const ownFields = [
  'login',
  'name',
  'kind',
  'roleId',
  'active',
  'position',
  'districts',
  'splitChats',
  'sessions',
  'reason',
  'integration',
] as const

/** The changes of a line in display words: roles, people and permissions by their names. */
export function auditLines(words: AuditWords, entry: Pick<AuditEntry, 'changes'>): HistoryLine[] {
  return entry.changes.flatMap((change): HistoryLine[] => {
    const { field, from, to } = change
    const value = (given: unknown) => valueText(words, field, given)
    if (field === 'participants.team' || field === 'participants.customer') {
      const label = words.t(`audit.field.${field}.${to === null ? 'left' : 'joined'}`)
      return [{ field: label, from: '', to: value(to ?? from) }]
    }
    if (isPermission(field)) return [{ field: words.t(`permission.${field}`), from: value(from), to: value(to) }]
    const own = ownFields.find((each) => each === field)
    if (own) return [{ field: words.t(`audit.field.${own}`), from: value(from), to: value(to) }]
    return historyLines(words, { changes: [{ field, from, to }] })
  })
}

function valueText({ t, nameOf, roles }: AuditWords, field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return t('history.empty-value')
  if (typeof value === 'boolean') return t(value ? 'audit.yes' : 'audit.no')
  if (Array.isArray(value)) return value.length === 0 ? t('history.empty-value') : value.join(', ')
  if (typeof value !== 'string') return typeof value === 'number' ? String(value) : JSON.stringify(value)
  if (field.startsWith('participants.')) return nameOf(value)
  if (field === 'roleId') return roles.find((role) => role.id === value)?.name ?? value
  if (field === 'kind') return t(value === 'customer' ? 'people.customer' : 'people.employee')
  return value
}

/** Device and server may differ by this much without a word, ms: the way through the network takes as long. */
const sameTimeMs = 60_000

/** The device's time where it tells something that the server's does not; ms. */
export function differingDeviceTime({ at, writtenAt }: Pick<AuditEntry, 'at' | 'writtenAt'>): number | null {
  const written = writtenAt === null ? Number.NaN : Date.parse(writtenAt)
  return Number.isNaN(written) || Math.abs(at - written) < sameTimeMs ? null : written
}
