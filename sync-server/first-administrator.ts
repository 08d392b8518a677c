import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { baseRoles } from '#common/domain/role.ts'
import type { Credentials } from './auth/credentials.ts'
import type { PasswordHasher } from './auth/passwords.ts'
import type { ServerCore } from './server-core.ts'
import type { DataFolder } from './storage/data-folder.ts'
import type { LogStore } from './storage/log-store.ts'

export type FirstAdministratorOptions = {
  core: Pick<ServerCore, 'writeDirectory'>
  store: LogStore
  credentials: Credentials
  hasher: PasswordHasher
  folder: DataFolder
  logger: Logger
}

const administrator = {
  id: 'admin',
  login: 'admin',
  name: 'Администратор',
  kind: 'employee',
  roleId: 'admin',
  active: true,
} as const

/**
 * An empty store gets its roles and one administrator, whose random password is left in a file of the data folder. Killed
 * in between, the next start does it again: the people come last.
 */
export async function makeFirstAdministrator(options: FirstAdministratorOptions): Promise<void> {
  const { core, store, credentials, hasher, folder, logger } = options
  if ((await store.position()) > 0) return
  const password = randomBytes(12).toString('base64url')
  await writeFile(folder.firstPasswordFile, `${password}\n`, { mode: 0o600 })
  await credentials.write(new Map([[administrator.id, await hasher.hash(password)]]))
  const organisation = { name: '', splitChats: false }
  await core.writeDirectory({ organisation, roles: [...baseRoles], users: [administrator] })
  logger.info(
    { login: administrator.login, file: folder.firstPasswordFile },
    'first start: the password is in this file',
  )
}
