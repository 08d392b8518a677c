/** The checklist of Electron (https://www.electronjs.org/docs/latest/tutorial/security), point 7: the policy for content. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'

let desk: LaunchedApp
beforeAll(async () => {
  desk = await launchApp()
})
afterAll(() => desk.close())
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)

describe('the checklist, 7: the policy for content', () => {
  it('comes with the page', async () => {
    const [policy, sniff] = await inPage<string[]>(
      "const { headers } = await fetch('app://bundle/'); return [headers.get('content-security-policy'), headers.get('x-content-type-options')]",
    )
    expect(policy).toContain("default-src 'none'")
    expect(sniff).toBe('nosniff')
  })

  it.each(['return eval("1")', 'return new Function("return 1")()'])('blocks %s', async (code) => {
    await expect(inPage(code)).rejects.toThrow('EvalError')
  })

  it('blocks text as the code of a timer', async () => {
    expect(
      await inPage(
        'setTimeout("window.hacked = 1"); await new Promise((f) => setTimeout(f, 20)); return window.hacked ?? 0',
      ),
    ).toBe(0)
  })

  it.each([
    [
      'an inline script',
      "const e = document.createElement('script'); e.textContent = 'window.hacked = 1'; document.body.append(e)",
    ],
    [
      'an inline handler',
      "const e = document.createElement('div'); e.innerHTML = '<img src=x onerror=\"window.hacked = 1\">'; document.body.append(e)",
    ],
    [
      'a script of data',
      "const e = document.createElement('script'); e.src = 'data:text/javascript,window.hacked=1'; document.body.append(e)",
    ],
    [
      'a script of a blob',
      "const e = document.createElement('script'); e.src = URL.createObjectURL(new Blob(['window.hacked=1'])); document.body.append(e)",
    ],
    [
      'a foreign script',
      "const e = document.createElement('script'); e.src = 'https://example.invalid/x.js'; document.body.append(e)",
    ],
    [
      'a foreign frame',
      "const e = document.createElement('iframe'); e.src = 'https://example.invalid/'; document.body.append(e)",
    ],
    ['a frame of ours', "const e = document.createElement('iframe'); e.src = 'app://bundle/'; document.body.append(e)"],
    [
      'an object',
      "const e = document.createElement('object'); e.data = 'app://bundle/index.html'; document.body.append(e)",
    ],
    [
      'a foreign picture',
      "const e = document.createElement('img'); e.src = 'https://example.invalid/x.png'; document.body.append(e)",
    ],
    [
      'another base',
      "const e = document.createElement('base'); e.href = 'https://example.invalid/'; document.head.append(e)",
    ],
    ['a foreign connection', "fetch('http://example.invalid/').catch(() => {})"],
    ['a foreign beacon', "navigator.sendBeacon('http://example.invalid/', 'x')"],
  ])('blocks %s', async (_, code) => {
    const violated = await inPage(
      `const before = new Set(document.querySelectorAll('*'));
       const violation = new Promise((f) => {
         document.addEventListener('securitypolicyviolation', (e) => f(e.disposition), { once: true });
         setTimeout(() => f('not blocked'), 5000);
       });
       ${code};
       const answer = await violation;
       for (const e of document.querySelectorAll('*')) if (!before.has(e)) e.remove();
       return [answer, window.hacked ?? 0]`,
    )
    expect(violated).toEqual(['enforce', 0])
  })

  it('opens the network to a server in plain text only where it was signed in to', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('Access-Control-Allow-Origin', 'app://bundle')
      response.end('reached')
    })
    server.listen(0, '127.0.0.2')
    await once(server, 'listening')
    const url = `http://127.0.0.2:${(server.address() as AddressInfo).port}`
    const ask = () => inPage(`return fetch('${url}').then((answer) => answer.text(), (error) => error.message)`)
    expect(await ask()).toBe('Failed to fetch')
    await inPage(`return naryad.call('settings.write', { servers: [{ url: '${url}', login: 'dispatcher' }] })`)
    await desk.page.reload()
    expect(await ask()).toBe('reached')
    await inPage("return naryad.call('settings.write', { servers: [] })")
    await desk.page.reload()
    server.closeAllConnections()
    server.close()
  })

  it('blocks a worker of a blob', async () => {
    const code = `return new Promise((f) => { try {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))
      worker.onmessage = () => f('ran'); worker.onerror = () => f('blocked')
    } catch (error) { f(error.name === 'SecurityError' ? 'blocked' : String(error)) } })`
    expect(await inPage(code)).toBe('blocked')
  })
})
