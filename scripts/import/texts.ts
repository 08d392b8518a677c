import type { DecodingFailure } from './decode-text.ts'
import type { ServerFailure } from './import-server.ts'
import type { Reason } from './problem.ts'

/** Everything the command says, in one language. */
export type Texts = {
  help: string
  at(line: number, column: string | undefined): string
  reason(reason: Reason): string
  failure(failure: ServerFailure): string
  moreProblems(count: number): string
  nothingImported(problems: number): string
  imported(count: number, repeated: number): string
  wouldImport(count: number, repeated: number): string
  fileIsRead(file: string, about: { tickets: number; encoding: string; zone: string }): string
  noTickets: string
  tooMany(count: number, most: number): string
  /** In MiB. */
  fileTooBig(most: number): string
  unreadable(file: string, detail: string): string
  decoding(failure: DecodingFailure): string
  usage(detail: string): string
  oneFile: string
  keyTwice: string
  badKey: string
  noKey: string
  badServer(address: string): string
  noDemo: string
  keyIsVisible: string
  keyInPlainText: string
}
