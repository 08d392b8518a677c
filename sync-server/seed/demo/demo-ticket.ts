import type { Priority } from '#common/domain/ticket.ts'

/**
 * One ticket of the demonstration with all that happened to it. `script` has a line for each event:
 *
 * - `@-2 09:14`   the clock goes to 9:14 two days ago (where the server stands);
 * - `~45`         the clock goes to 45 minutes before the seeding;
 * - `c+3 Text`    three minutes later the customer writes; `d` the ticket's dispatcher, `o` the other one, `e` the engineer;
 * - `e+2 [seal, gauge] Text`  the same with photos, of the scenes in `photo-scenes.ts`;
 * - `=+5 assign`  five minutes later the dispatcher assigns the engineer;
 * - `=+5 done`    five minutes later the stage changes; a reason may follow.
 *
 * The first line is when the ticket is opened.
 */
export type DemoTicket = {
  title: string
  description?: string
  type: string
  workType: string
  priority: Priority
  /** Logins of the ticket's people. */
  customer: string
  dispatcher: string
  engineer: string | null
  /** The customer, when not said otherwise. */
  createdBy?: 'dispatcher'
  site: string
  address: string
  asset: string
  district: string
  contactPhone?: string
  /** Due so many hours after the seeding. */
  dueInHours?: number
  /** So many last entries of the chat the first dispatcher has not read. */
  unread?: number
  script: string
}
