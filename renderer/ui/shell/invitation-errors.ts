export type InvitationEntered = { link: string; password: string; repeated: string }
type InvitationError = 'link' | 'bad-link' | 'short' | 'different'

/** As the server asks for it. */
const shortestPassword = 8

/** What is wrong with what was typed, field by field; nothing when it can be sent. */
export function invitationErrors(
  entered: InvitationEntered,
): Partial<Record<keyof InvitationEntered, InvitationError>> {
  const { link, password, repeated } = entered
  return {
    ...(link.trim() === '' ? { link: 'link' } : link.includes('#invitation=') ? {} : { link: 'bad-link' }),
    ...(password.length < shortestPassword ? { password: 'short' } : {}),
    ...(repeated === password ? {} : { repeated: 'different' }),
  }
}
