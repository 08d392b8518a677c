import type { User } from '#common/domain/user.ts'
import type { AuditEntry, AuditSubject } from '#common/protocol/http-api.ts'
import type { AuditDraft } from '../storage/log-store.ts'

/** A line of the audit about what is done to accounts on the server itself, where no device's clock is known. */
export function auditLine(
  at: number,
  by: Pick<User, 'id' | 'name'>,
  action: string,
  subject: { type: AuditSubject; id: string; name: string },
  changes: AuditEntry['changes'] = [],
): AuditDraft {
  return {
    at,
    writtenAt: null,
    byId: by.id,
    byName: by.name,
    action,
    subject: subject.type,
    subjectId: subject.id,
    subjectName: subject.name,
    changes,
  }
}
