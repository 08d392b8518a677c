import type { Receipt } from './message.ts'
import type { Seq, UserId } from './ids.ts'

/**
 * How far a message has got. `unsaved`: not durable on this device yet; `queued`: survives anything on this device;
 * `sent`: survives anything on the server; `delivered`, `read`: some other person's device has it, somebody read it;
 * `refused`: the server will not take it.
 */
export const deliveryStates = ['unsaved', 'queued', 'sent', 'delivered', 'read', 'refused'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** State of a message that the server has, from the receipts of everybody but its author. */
export function deliveryOf(
  seq: Seq,
  authorId: UserId,
  receipts: ReadonlyMap<UserId, Receipt>,
): 'sent' | 'delivered' | 'read' {
  let state: 'sent' | 'delivered' = 'sent'
  for (const [userId, receipt] of receipts) {
    if (userId === authorId) continue
    if (receipt.read >= seq) return 'read'
    if (receipt.delivered >= seq) state = 'delivered'
  }
  return state
}
