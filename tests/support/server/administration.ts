import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UserId } from '#common/domain/ids.ts'
import type { Permission } from '#common/domain/role.ts'
import { apiKeyResponseSchema, invitationResponseSchema, sessionResponseSchema } from '#common/protocol/http-api.ts'
import { nextId } from '#tests/support/room-client/room-client.ts'
import { call, signInAs, type ApiAnswer } from './api-client.ts'
import type { TestServer } from './start-server.ts'

export const firstPassword = 'первый пароль'

/** What administrators do with a server over HTTP, and others try. */
export class Administration {
  readonly server: TestServer
  private readonly tokens = new Map<string, string>()

  constructor(server: TestServer) {
    this.server = server
  }

  async signIn(...logins: string[]): Promise<void> {
    for (const login of logins) this.tokens.set(login, (await signInAs(this.server.url, login)).accessToken)
  }

  /** Of a server without demonstration data: as the administrator whom it made at its first start. */
  async signInAsFirst(): Promise<void> {
    const password = await readFile(join(this.server.dataDir, 'admin-password.txt'), 'utf8')
    this.tokens.set('admin', (await signInAs(this.server.url, 'admin', password.trim())).accessToken)
  }

  token(login: string): string {
    return this.tokens.get(login) ?? ''
  }

  /** From now on `as(login)` presents this: an access token or a key. */
  know(login: string, token: string): void {
    this.tokens.set(login, token)
  }

  as(login: string, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return call(this.server.url, method, path, { token: this.tokens.get(login), body })
  }

  /** Without a token. */
  open(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return call(this.server.url, method, path, { body })
  }

  command(login: string, body: object): Promise<ApiAnswer> {
    return this.as(login, 'POST', '/api/commands', complete(body))
  }

  /** A command that must succeed; returns its id. */
  async run(login: string, body: object): Promise<string> {
    const command = complete(body)
    const answer = await this.as(login, 'POST', '/api/commands', command)
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    return command.id
  }

  /** A command that must be refused; returns code and field. */
  async refused(login: string, body: object): Promise<string> {
    return refusalOf(await this.command(login, body))
  }

  makeRole(name: string, permissions: readonly Permission[]): Promise<string> {
    return this.run('admin', { type: 'role.create', name, permissions })
  }

  makeUser(login: string, roleId: string, more: object = {}): Promise<UserId> {
    return this.run('admin', {
      type: 'user.create',
      login,
      name: `Человек ${login}`,
      kind: 'employee',
      roleId,
      ...more,
    })
  }

  async invite(by: string, userId: UserId): Promise<string> {
    const answer = await this.as(by, 'POST', '/api/invitations', { userId })
    return invitationResponseSchema.parse(answer.body).token
  }

  redeem(token: string, password = firstPassword): Promise<ApiAnswer> {
    return this.open('POST', '/api/invitations/redeem', redeemBody(token, password))
  }

  /** A new employee, invited and signed in under their login. */
  async employ(login: string, roleId: string, more: object = {}): Promise<UserId> {
    const userId = await this.makeUser(login, roleId, more)
    const { body } = await this.redeem(await this.invite('admin', userId))
    this.know(login, sessionResponseSchema.parse(body).accessToken)
    return userId
  }

  async makeKey(name: string, roleId: string): Promise<{ key: string; id: string; userId: UserId }> {
    const { body } = await this.as('admin', 'POST', '/api/keys', { name, roleId })
    const { key, apiKey } = apiKeyResponseSchema.parse(body)
    return { key, id: apiKey.id, userId: apiKey.userId }
  }

  /** Everything that lies in the data folder and in the log, to look for what must not be there. */
  async everythingKept(): Promise<Buffer> {
    const { dataDir, log } = this.server
    const files = await readdir(dataDir, { recursive: true, withFileTypes: true })
    const contents = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)))
    return Buffer.concat([...(await Promise.all(contents)), Buffer.from(log())])
  }
}

export const redeemBody = (token: string, password = firstPassword) => ({
  token,
  password,
  device: { id: 'new-device', name: 'Новое устройство' },
})

/** Status, code and field of an answer that says no. */
export function refusalOf({ status, body }: ApiAnswer): string {
  const { code, field } = body as { code?: string; field?: string }
  return [status, code, field].filter(Boolean).join(' ')
}

const complete = <Body extends object>(body: Body) => ({ id: nextId(), writtenAt: new Date().toISOString(), ...body })
