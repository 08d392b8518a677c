import {
  priorities,
  ticketChangesSchema,
  ticketFieldsSchema,
  type Priority,
  type TicketChanges,
  type TicketFields,
} from '#common/domain/ticket.ts'
import { fail, succeed, type Result } from '#common/domain/result.ts'

/** Text fields of the form in their order. */
export const textFields = [
  'title',
  'description',
  'type',
  'workType',
  'company',
  'site',
  'address',
  'asset',
  'district',
  'contactName',
  'contactPhone',
] as const
export type TextField = (typeof textFields)[number]

/** What stands in the form: everything as text. `dueAt` is local, `2026-11-22T17:00`, as its control writes it. */
export type FormValues = Record<TextField | 'dueAt' | 'customerId', string> & { priority: Priority }
export type FormField = keyof FormValues

/** In place of a moment of which only a part is typed: its control gives '' then, as if the field had been emptied. */
export const halfTyped = 'half-typed'

export const fieldLimits: Record<TextField, number> = {
  title: 200,
  description: 8000,
  type: 200,
  workType: 200,
  company: 200,
  site: 200,
  address: 200,
  asset: 200,
  district: 200,
  contactName: 200,
  contactPhone: 200,
}

export function valuesOf(fields: Partial<TicketFields>): FormValues {
  const text = (name: TextField | 'customerId') => fields[name] ?? ''
  return {
    title: text('title'),
    description: text('description'),
    type: text('type'),
    workType: text('workType'),
    company: text('company'),
    site: text('site'),
    address: text('address'),
    asset: text('asset'),
    district: text('district'),
    contactName: text('contactName'),
    contactPhone: text('contactPhone'),
    customerId: text('customerId'),
    dueAt: fields.dueAt ? localMoment(new Date(fields.dueAt)) : '',
    priority: fields.priority ?? 'normal',
  }
}

export function isPriority(text: string): text is Priority {
  return (priorities as readonly string[]).includes(text)
}

export type FormError = { field: FormField; kind: 'required' | 'too-long' | 'incomplete' | 'other' }

/** Fields of a new ticket, or everything that is wrong with them. Only what was filled in is sent. */
export function newTicketFields(values: FormValues): Result<TicketFields, FormError[]> {
  const given = Object.entries(storedValues(values)).filter(([, value]) => value !== '')
  const parsed = ticketFieldsSchema.safeParse(Object.fromEntries(given))
  return parsed.success ? succeed(parsed.data) : fail(errorsOf(values, parsed.error.issues))
}

/** What differs from `before`; null when nothing does. An emptied field is sent as ''. */
export function changedFields(before: FormValues, values: FormValues): Result<TicketChanges | null, FormError[]> {
  const was = storedValues(before)
  const changed = Object.entries(storedValues(values)).filter(([name, value]) => was[name as FormField] !== value)
  if (changed.length === 0) return succeed(null)
  const parsed = ticketChangesSchema.safeParse(Object.fromEntries(changed))
  return parsed.success ? succeed(parsed.data) : fail(errorsOf(values, parsed.error.issues))
}

function storedValues(values: FormValues): Record<FormField, string> {
  const trimmed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])) as Record<
    FormField,
    string
  >
  const due = new Date(values.dueAt)
  return { ...trimmed, dueAt: values.dueAt === '' || Number.isNaN(due.getTime()) ? values.dueAt : due.toISOString() }
}

function errorsOf(values: FormValues, issues: readonly { path: readonly PropertyKey[] }[]): FormError[] {
  const names = new Set(issues.map((issue) => String(issue.path[0])))
  return (Object.keys(values) as FormField[]).flatMap((field): FormError[] => {
    if (!names.has(field)) return []
    if (field === 'title' && values.title.trim() === '') return [{ field, kind: 'required' }]
    if (field === 'dueAt') return [{ field, kind: 'incomplete' }]
    return [{ field, kind: isText(field) && values[field].length > fieldLimits[field] ? 'too-long' : 'other' }]
  })
}

function isText(field: FormField): field is TextField {
  return (textFields as readonly string[]).includes(field)
}

/** `2026-11-22T17:00` in local time. */
function localMoment(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}
