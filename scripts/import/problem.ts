import type { Refusal } from '#common/protocol/refusals.ts'
import type { Stage } from '#common/domain/ticket.ts'
import type { PersonFailure } from './find-person.ts'

/** What is wrong with a place of the file. */
export type Reason =
  | { kind: 'quote' | 'unclosed-quote' | 'required' | 'no-title-column' | 'assigned-to-nobody' | 'new-but-assigned' }
  | { kind: 'too-few-cells'; cells: number; columns: number }
  | { kind: 'cell-without-column'; value: string }
  | { kind: 'unknown-column' }
  | { kind: 'same-column'; other: string }
  | { kind: 'too-long'; limit: number; length: number }
  | { kind: 'unknown-priority' | 'unknown-stage' | 'bad-date' | 'invalid'; value: string }
  | { kind: 'stage-not-imported'; stage: Stage }
  | { kind: 'same-external-id'; value: string; firstLine: number }
  | { kind: 'person'; value: string; failure: PersonFailure }
  | { kind: 'refused'; refusal: Refusal }

/** `line` of the file, from 1; `column` as the header names it, undefined when it is about the line as a whole. */
export type Problem = { line: number; column?: string | undefined; reason: Reason }
