/** What the real app says when signing in fails, by what answers at the address: our server, a stranger's, nobody. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, it } from 'vitest'
import { openDesk, type Desk } from '#tests/support/electron/desk.ts'
import { startServer, type TestServer } from '#tests/support/server/start-server.ts'

let desk: Desk
let server: TestServer
/** Knows only pages, and nothing of other origins. */
let stranger: Server

const listening = async (given: Server) => {
  await new Promise<void>((resolve) => given.listen(0, '127.0.0.1', resolve))
  return (given.address() as AddressInfo).port
}

beforeAll(async () => {
  server = await startServer({ seed: 'demo' })
  stranger = createServer((request, response) =>
    request.method === 'GET'
      ? response.setHeader('content-type', 'text/html').end('<h1>It works!</h1>')
      : response.writeHead(404).end(),
  )
  desk = await openDesk()
})
afterAll(async () => {
  await desk.launched.close()
  stranger.close()
  await server.stop()
})

async function failToSignIn(address: string, login: string, password: string): Promise<void> {
  const { page } = desk
  await page.getByRole('textbox', { name: 'Адрес сервера' }).fill(address)
  await page.getByRole('textbox', { name: 'Логин' }).fill(login)
  await page.getByLabel('Пароль', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Войти', exact: true }).click()
  await page.getByText('Входим…').waitFor({ state: 'detached' })
}

it('a stranger’s server, no server and no address are told apart', async () => {
  const address = `http://127.0.0.1:${await listening(stranger)}`
  await failToSignIn(address, 'dispatcher', 'demo')
  await desk.page.getByText('По этому адресу отвечает не «Наряд»').waitFor()
  await failToSignIn('не адрес !!', 'dispatcher', 'demo')
  await desk.page.getByText('Это не похоже на адрес сервера').waitFor()
  const gone = createServer()
  const port = await listening(gone)
  await new Promise((resolve) => gone.close(resolve))
  await failToSignIn(`http://127.0.0.1:${port}`, 'dispatcher', 'demo')
  await desk.page.getByText('Сервер не отвечает').waitFor()
})

it('who has tried too often is told how long to wait', async () => {
  for (let attempt = 0; attempt < 5; attempt++) {
    await failToSignIn(server.url, 'engineer2', `guess ${attempt}`)
    await desk.page.getByText('Неверный логин или пароль').waitFor()
  }
  await failToSignIn(server.url, 'engineer2', 'guess')
  await desk.page.getByText(/Слишком много попыток\. Подождите \d+ секунд/).waitFor()
})
