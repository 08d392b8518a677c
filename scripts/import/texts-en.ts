import { priorities } from '#common/domain/ticket.ts'
import type { Refusal } from '#common/protocol/refusals.ts'
import { en } from '#renderer/i18n/en.ts'
import type { ServerFailure } from './import-server.ts'
import type { Reason } from './problem.ts'
import { printable } from './quote.ts'
import type { Texts } from './texts.ts'

const quoted = (text: string): string => `“${printable(text)}”`

function reason(given: Reason): string {
  switch (given.kind) {
    case 'quote':
      return 'a quote in the middle of a field: put quotes around the whole field and double those inside. The lines below were not checked'
    case 'unclosed-quote':
      return 'a quote is opened and never closed. The lines below were not checked'
    case 'required':
      return 'is empty'
    case 'no-title-column':
      return `there is no column “${en['field.title']}”`
    case 'too-few-cells':
      return `${given.cells} fields for ${given.columns} columns`
    case 'cell-without-column':
      return `${quoted(given.value)} is outside the columns of the header`
    case 'unknown-column':
      return 'there is no such column. Rename it or leave it out: --ignore "its name"'
    case 'same-column':
      return `means the same as the column ${quoted(given.other)}`
    case 'too-long':
      return `is longer than ${given.limit} characters: ${given.length}`
    case 'unknown-priority':
      return `${quoted(given.value)} is none of: ${priorities.map((key) => en[`priority.${key}`]).join(', ')}`
    case 'unknown-stage':
      return `there is no stage ${quoted(given.value)}`
    case 'stage-not-imported':
      return `a ticket can't begin in the stage “${en[`stage.${given.stage}`]}”: only in “${en['stage.new']}” or, with an assignee, “${en['stage.assigned']}”`
    case 'assigned-to-nobody':
      return `the stage is “${en['stage.assigned']}”, but there is no assignee`
    case 'new-but-assigned':
      return `the stage is “${en['stage.new']}”, but there is an assignee`
    case 'bad-date':
      return `${quoted(given.value)} is no date: write 25.01.2027 18:00 or 2027-01-25T18:00`
    case 'invalid':
      return `${quoted(given.value)} does not fit here`
    case 'same-external-id':
      return `${quoted(given.value)} is in line ${given.firstLine} already`
    case 'person':
      return person(given)
    case 'refused':
      return refused(given.refusal)
  }
}

function person({ value, failure }: Extract<Reason, { kind: 'person' }>): string {
  switch (failure.kind) {
    case 'nobody':
      return `nobody has the login or name ${quoted(value)}`
    case 'switched-off':
      return `${quoted(value)} is switched off`
    case 'not-employee':
      return `${quoted(value)} is no employee`
    case 'not-customer':
      return `${quoted(value)} is no customer`
    case 'ambiguous':
      return `several people are called ${quoted(value)}, write a login: ${failure.logins.map(printable).join(', ')}`
  }
}

function refused({ code, field, message }: Refusal): string {
  if (code === 'E_ID_CONFLICT') return 'a ticket with this external id was imported before with other content'
  if (code === 'E_FORBIDDEN' && field === 'assigneeId') return 'this key may not assign'
  if (code === 'E_NOT_FOUND') return 'the server does not know this person, or they are switched off'
  if (code === 'E_COMMAND_TOO_BIG') return 'the ticket is too big'
  return `refused by the server: ${code} ${printable(message)}`
}

function failure(given: ServerFailure): string {
  switch (given.kind) {
    case 'unreachable':
      return `The server does not answer (${printable(given.detail)}). Nothing was imported.`
    case 'answer-lost':
      return `The server's answer did not come (${printable(given.detail)}): either everything was imported or nothing. Run it again, nothing will be there twice.`
    case 'key':
      return 'The server did not accept the key. Nothing was imported.'
    case 'forbidden':
      return 'The role of this key may not create tickets for others. Nothing was imported.'
    case 'too-big':
      return 'The file is too big for one import. Split it. Nothing was imported.'
    case 'busy':
      return 'An import with this key is under way. Nothing was imported, try again later.'
    case 'unavailable':
      return 'The server can store nothing now. Nothing was imported, try again later.'
    case 'other':
      return `The server does not answer like Naryad: HTTP ${given.status} ${printable(given.detail)}`.trim()
  }
}

const help = `npm run import -- FILE.csv [--dry-run] [--server URL]

  --dry-run             check everything, on the server too, and import nothing
  --server URL          the server; the demonstration on this computer when not given
  --key-file FILE       a file with the API key; or the variable NARYAD_API_KEY
  --key KEY             the API key; every program of this computer can see it
  --encoding NAME       utf-8, windows-1251, …; found out when not given
  --ignore "COLUMN"     leave a column out; may be repeated
  --source NAME         which system the file is of, when there are several
  --lang en             in English, not in Russian

Columns and an example: docs/import.md`

export const english: Texts = {
  help,
  at: (line, column) => `line ${line}${column === undefined ? '' : `, ${quoted(column)}`}`,
  reason,
  failure,
  moreProblems: (count) => `… and ${count} more`,
  nothingImported: (count) => `Errors: ${count}. Nothing was imported.`,
  imported: (count, repeated) => `Imported: ${count}. Imported before: ${repeated}.`,
  wouldImport: (count, repeated) =>
    `All is well, nothing was imported. Would be imported: ${count}. Imported before: ${repeated}.`,
  fileIsRead: (file, { tickets, encoding, zone }) =>
    `${printable(file)}: ${tickets} tickets, encoding ${encoding}, time ${zone}`,
  noTickets: 'There is no ticket in the file.',
  tooMany: (count, most) =>
    `The file has ${count} tickets, at most ${most} can be imported at once. Split it. Nothing was imported.`,
  fileTooBig: (most) => `The file is larger than ${most} MB. Split it.`,
  unreadable: (file, detail) => `The file can't be read: ${printable(file)} (${printable(detail)})`,
  decoding: (given) => {
    if (given.kind === 'spreadsheet') return 'This is an Excel workbook, not CSV: save it as “CSV UTF-8”.'
    if (given.kind === 'binary') return 'This is no text file.'
    return `The file is not encoded in ${printable(given.encoding)}, or there is no such encoding.`
  },
  usage: (detail) => `${printable(detail)}. How it is used: npm run import -- --help`,
  oneFile: 'One file is needed',
  keyTwice: 'The key is given twice: --key and --key-file',
  badKey: 'The key is empty or has characters that no key has',
  noKey: 'An API key is needed: the variable NARYAD_API_KEY or --key-file FILE',
  badServer: (address) => `Not a server's address: ${printable(address)}`,
  noDemo: 'The demonstration server was never started: run npm start, or name a server: --server URL',
  keyIsVisible: 'warning: every program of this computer can see a key in --key; NARYAD_API_KEY or --key-file is safer',
  keyInPlainText: 'warning: the address is not https, the key travels in the clear',
}
