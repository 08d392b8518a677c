import type { ActionName, Actions } from './api.ts'
import { fail } from '#common/domain/result.ts'

type Answers = { [Name in ActionName]: Awaited<ReturnType<Actions[Name]>> }

const offline = fail({ kind: 'offline' } as const)
const notSaved = fail({ kind: 'not-saved', detail: 'the data worker ended' } as const)

/** What an action answers when the worker ended over it: it may not have been done, so the text stays in sight. */
const answers: Answers = {
  signIn: fail({ kind: 'unreachable' }),
  signOut: undefined,
  postMessage: notSaved,
  editMessage: notSaved,
  deleteMessage: notSaved,
  changeParticipants: notSaved,
  createTicket: notSaved,
  updateTicket: notSaved,
  changeStage: notSaved,
  assign: notSaved,
  markRead: notSaved,
  markAllRead: undefined,
  saveDraft: notSaved,
  cancelQueued: false,
  takeBack: false,
  editQueued: false,
  retryRefused: notSaved,
  discardRefused: undefined,
  dismissNotice: undefined,
  setTyping: undefined,
  setFocus: undefined,
  setLanguage: undefined,
  reconnectNow: undefined,
  updateOrganisation: notSaved,
  createRole: notSaved,
  updateRole: notSaved,
  deleteRole: notSaved,
  createUser: notSaved,
  updateUser: notSaved,
  invite: offline,
  redeemInvitation: fail({ kind: 'unreachable' }),
  sessionsOf: offline,
  revokeSessions: offline,
  listApiKeys: offline,
  createApiKey: offline,
  revokeApiKey: offline,
  readAudit: offline,
  exportAudit: offline,
  pickFiles: notSaved,
  attachFiles: notSaved,
  removeFile: undefined,
  moveFile: undefined,
  retryFile: undefined,
  setOriginals: undefined,
  dismissRefusedFiles: undefined,
  saveMediaAs: 'failed',
  showInFolder: false,
  loadMedia: undefined,
  retryUpload: undefined,
  setUploadRules: undefined,
}

export function unansweredAction<Name extends ActionName>(name: Name): Answers[Name] {
  return answers[name]
}
