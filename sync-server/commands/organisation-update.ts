import type { CommandOf } from '#common/domain/command.ts'
import { canAdminister } from '#common/domain/permissions.ts'
import { fail, succeed } from '#common/domain/result.ts'
import { refusal } from '#common/protocol/refusals.ts'
import type { Decision, DecisionContext } from './effects.ts'

/** R21: the organisation's settings. */
export function decideOrganisationUpdate(
  { facts, viewer }: DecisionContext,
  { name, splitChats }: CommandOf<'organisation.update'>,
): Decision {
  if (!canAdminister(viewer, 'organisation')) return fail(refusal('E_FORBIDDEN'))
  const before = facts.organisation
  const organisation = { name: name ?? before.name, splitChats: splitChats ?? before.splitChats }
  const isSame = organisation.name === before.name && organisation.splitChats === before.splitChats
  return succeed(isSame ? [] : [{ type: 'directory', changes: { organisation } }])
}
