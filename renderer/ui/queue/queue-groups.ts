import type { QueueItem } from '../../data/api.ts'

/** Commands of the administration are about no ticket. */
const administration = ''

/** Items ticket by ticket, those of the administration together: tickets with a refusal first, else in the order of their oldest item; items as they were written. */
export function queueGroups(queue: readonly QueueItem[]): QueueItem[][] {
  const groups = new Map<string, QueueItem[]>()
  for (const item of [...queue].sort((one, other) => one.writtenAt - other.writtenAt)) {
    const subject = item.ticketId ?? administration
    const group = groups.get(subject)
    if (group) group.push(item)
    else groups.set(subject, [item])
  }
  const refused = (group: QueueItem[]) => Number(group.some((item) => item.state === 'refused'))
  return [...groups.values()].sort((one, other) => refused(other) - refused(one))
}
