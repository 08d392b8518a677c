import { describe, expect, test } from 'vitest'
import { changedFields, fieldLimits, newTicketFields, valuesOf } from '#renderer/ui/tickets/ticket-form-values.ts'

const filled = { ...valuesOf({}), title: '  Течёт кран  ', company: 'БЦ «Лотос»', dueAt: '2026-11-22T17:00' }

describe('new ticket', () => {
  test('only what was filled in is sent, trimmed, the date in ISO', () => {
    expect(newTicketFields(filled)).toEqual({
      ok: true,
      value: {
        title: 'Течёт кран',
        company: 'БЦ «Лотос»',
        priority: 'normal',
        dueAt: new Date('2026-11-22T17:00').toISOString(),
      },
    })
  })

  test('every wrong field is named, in the order of the form', () => {
    const result = newTicketFields({
      ...filled,
      title: '   ',
      site: 'x'.repeat(fieldLimits.site + 1),
      dueAt: 'tomorrow',
      customerId: 'no such/id',
    })
    expect(result).toEqual({
      ok: false,
      reason: [
        { field: 'title', kind: 'required' },
        { field: 'site', kind: 'too-long' },
        { field: 'customerId', kind: 'other' },
        { field: 'dueAt', kind: 'incomplete' },
      ],
    })
  })

  test.each(Object.entries(fieldLimits))('%s takes %i characters and not one more', (name, max) => {
    expect(newTicketFields({ ...filled, [name]: 'x'.repeat(max) }).ok).toBe(true)
    const over = newTicketFields({ ...filled, [name]: 'x'.repeat(max + 1) })
    expect(over).toEqual({ ok: false, reason: [{ field: name, kind: 'too-long' }] })
  })
})

describe('changed ticket', () => {
  const before = valuesOf({ title: 'Течёт кран', site: 'Этаж 4', dueAt: '2026-11-22T14:00:00.000Z' })

  test('nothing changed', () => {
    expect(changedFields(before, { ...before, title: ' Течёт кран ' })).toEqual({ ok: true, value: null })
  })

  test('only what differs is sent; an emptied field as an empty string', () => {
    expect(changedFields(before, { ...before, site: '', priority: 'high', dueAt: '' })).toEqual({
      ok: true,
      value: { site: '', priority: 'high', dueAt: '' },
    })
  })

  test('the title can not be emptied', () => {
    expect(changedFields(before, { ...before, title: '' })).toEqual({
      ok: false,
      reason: [{ field: 'title', kind: 'required' }],
    })
  })

  test('a date goes through the form unchanged', () => {
    expect(new Date(before.dueAt).toISOString()).toBe('2026-11-22T14:00:00.000Z')
  })
})
