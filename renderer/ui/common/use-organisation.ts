import type { Organisation } from '#common/documents/directory-document.ts'
import { useWatched } from './use-watched.ts'

const none: Organisation = { name: '', splitChats: false }

/** The settings of the organisation whose server one is signed in to. */
export function useOrganisation(): Organisation {
  const session = useWatched('session', null)
  return session && 'organisation' in session ? session.organisation : none
}
