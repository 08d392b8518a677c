import { fail } from '#common/domain/result.ts'
import type { AccountActions, AccountClient } from './account-client.ts'

const nobodySignedIn = fail({ kind: 'not-saved', detail: 'nobody is signed in' } as const)

/** What is done by whoever is signed in at the moment of the call. */
export function delegateActions(client: () => AccountClient | null): AccountActions {
  /** `otherwise`: the answer while nobody is signed in. */
  function delegate<Name extends keyof AccountActions>(
    name: Name,
    otherwise: Awaited<ReturnType<AccountActions[Name]>>,
  ): AccountActions[Name] {
    const call = (input: never): unknown => {
      const action = client()?.act[name] as ((input: never) => unknown) | undefined
      return action ? action(input) : Promise.resolve(otherwise)
    }
    return call as AccountActions[Name]
  }

  const nothing = undefined
  const offline = fail({ kind: 'offline' } as const)
  return {
    postMessage: delegate('postMessage', nobodySignedIn),
    editMessage: delegate('editMessage', nobodySignedIn),
    deleteMessage: delegate('deleteMessage', nobodySignedIn),
    changeParticipants: delegate('changeParticipants', nobodySignedIn),
    createTicket: delegate('createTicket', nobodySignedIn),
    updateTicket: delegate('updateTicket', nobodySignedIn),
    changeStage: delegate('changeStage', nobodySignedIn),
    assign: delegate('assign', nobodySignedIn),
    markRead: delegate('markRead', nobodySignedIn),
    markAllRead: delegate('markAllRead', undefined),
    saveDraft: delegate('saveDraft', nobodySignedIn),
    cancelQueued: delegate('cancelQueued', false),
    takeBack: delegate('takeBack', false),
    editQueued: delegate('editQueued', false),
    retryRefused: delegate('retryRefused', nobodySignedIn),
    discardRefused: delegate('discardRefused', undefined),
    updateOrganisation: delegate('updateOrganisation', nobodySignedIn),
    createRole: delegate('createRole', nobodySignedIn),
    updateRole: delegate('updateRole', nobodySignedIn),
    deleteRole: delegate('deleteRole', nobodySignedIn),
    createUser: delegate('createUser', nobodySignedIn),
    updateUser: delegate('updateUser', nobodySignedIn),
    invite: delegate('invite', offline),
    sessionsOf: delegate('sessionsOf', offline),
    revokeSessions: delegate('revokeSessions', offline),
    listApiKeys: delegate('listApiKeys', offline),
    createApiKey: delegate('createApiKey', offline),
    revokeApiKey: delegate('revokeApiKey', offline),
    readAudit: delegate('readAudit', offline),
    exportAudit: delegate('exportAudit', offline),
    pickFiles: delegate('pickFiles', nobodySignedIn),
    attachFiles: delegate('attachFiles', nobodySignedIn),
    removeFile: delegate('removeFile', nothing),
    moveFile: delegate('moveFile', nothing),
    retryFile: delegate('retryFile', nothing),
    setOriginals: delegate('setOriginals', nothing),
    dismissRefusedFiles: delegate('dismissRefusedFiles', nothing),
    saveMediaAs: delegate('saveMediaAs', 'absent'),
    showInFolder: delegate('showInFolder', false),
    loadMedia: delegate('loadMedia', nothing),
    retryUpload: delegate('retryUpload', nothing),
    setUploadRules: delegate('setUploadRules', nothing),
  }
}
