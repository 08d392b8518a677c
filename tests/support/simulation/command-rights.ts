import type { UserId } from '#common/domain/ids.ts'
import type { ServerEvent } from '#server/server-core.ts'
import type { Report } from './violation.ts'
import type { World } from './visibility-oracle.ts'

type CommandEvent = Extract<ServerEvent, { type: 'command' }>

/** By SPEC.md, R8–R10 and R16–R21: what a command needs beside a relation to its ticket. */
const needed: Readonly<Record<string, string>> = {
  'user.create': 'admin.users',
  'user.update': 'admin.users',
  'role.create': 'admin.roles',
  'role.update': 'admin.roles',
  'role.delete': 'admin.roles',
  'organisation.update': 'admin.organisation',
  'participants.add': 'messages.participants.add',
  'participants.remove': 'messages.participants.remove',
  'ticket.update': 'tickets.edit',
  'ticket.assign': 'tickets.assign',
  'ticket.stage': 'tickets.stage',
}

/** Nobody gets done what is for employees with a permission unless they were one, at some time of the run. */
export class CommandRights {
  private readonly everHad = new Set<string>()
  private readonly report: Report

  constructor(report: Report) {
    this.report = report
  }

  /** The directory changed. */
  learn({ users }: World): void {
    for (const [userId, { kind, permissions }] of users)
      if (kind === 'employee') for (const permission of permissions) this.everHad.add(keyOf(userId, permission))
  }

  check({ command, userId, outcome }: CommandEvent): void {
    const permission = needed[command]
    if (outcome !== 'applied' || permission === undefined || this.everHad.has(keyOf(userId, permission))) return
    this.report('R19', `${command} of ${userId} was done, who never had ${permission}`)
  }
}

function keyOf(userId: UserId, permission: string): string {
  return `${userId} ${permission}`
}
