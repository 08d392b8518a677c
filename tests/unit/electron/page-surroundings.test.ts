import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from '#electron/main/content-security-policy.ts'
import { contextMenu } from '#electron/main/context-menu.ts'
import { readEnvironment } from '#electron/main/environment.ts'
import { applicationMenu } from '#electron/main/menu.ts'
import { createPage } from '#electron/main/page.ts'
import { textsOf } from '#electron/main/texts.ts'

describe('the content security policy', () => {
  const connect = (servers: string[]) =>
    contentSecurityPolicy(servers)
      .split('; ')
      .find((directive) => directive.startsWith('connect-src'))

  it('lets no script in but the app’s own', () => {
    const policy = contentSecurityPolicy([])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("worker-src 'self';")
    expect(policy).not.toContain('unsafe-eval')
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|data:|blob:|https?:|\*)/)
  })

  it('shows photos and videos of this computer, and lets none of them run', () => {
    const naming = contentSecurityPolicy([])
      .split('; ')
      .filter((directive) => directive.includes('app-media:'))
    expect(naming.map((directive) => directive.split(' ')[0])).toEqual(['img-src', 'media-src', 'connect-src'])
  })

  it('opens the network to the servers signed in to', () => {
    expect(connect(['http://10.0.0.5:8080/naryad', 'https://naryad.example'])).toBe(
      "connect-src 'self' app-media: https: wss: http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*" +
        ' http://10.0.0.5:8080 ws://10.0.0.5:8080 https://naryad.example wss://naryad.example',
    )
  })

  it('can not be widened by an address', () => {
    const plain = contentSecurityPolicy([])
    for (const forged of ["x; script-src 'unsafe-eval'", 'data:x', 'file:///', '*', 'http://', "'unsafe-eval'"])
      expect(contentSecurityPolicy([forged])).toBe(plain)
    expect(contentSecurityPolicy(["http://a.example/; script-src 'unsafe-eval'"])).not.toContain('unsafe-eval')
    for (const host of ['a;script-src', 'a,b', "'unsafe-eval'", '*', '*.example'])
      expect(contentSecurityPolicy([`http://${host}/`])).toBe(plain)
  })
})

describe('the environment', () => {
  it('signs in with what it is given', () => {
    const demoSignIn = { server: 'http://127.0.0.1:4000', login: 'dispatcher', password: 'demo' }
    expect(readEnvironment({ NARYAD_DEMO_SIGN_IN: JSON.stringify(demoSignIn) }, true).demoSignIn).toEqual(demoSignIn)
  })

  it.each(['', '{', 'null', '{"server":"x"}', '{"server":1,"login":"","password":""}'])(
    'with %j signs in nowhere',
    (text) => {
      expect(readEnvironment({ NARYAD_DEMO_SIGN_IN: text }, false).demoSignIn).toBeUndefined()
    },
  )

  it('never makes a packaged app load another page', () => {
    const variables = { ELECTRON_RENDERER_URL: 'http://localhost:5173' }
    expect(readEnvironment(variables, false).developmentUrl).toBe('http://localhost:5173')
    expect(readEnvironment(variables, true).developmentUrl).toBeUndefined()
    expect(readEnvironment({}, false)).toEqual({
      demoSignIn: undefined,
      screenshotPath: undefined,
      developmentUrl: undefined,
    })
  })
})

describe('our own page', () => {
  it('is the bundle or the development server, wherever in it', () => {
    expect(createPage('app://bundle/').isOwn('app://bundle/index.html?a#/b')).toBe(true)
    expect(createPage('http://localhost:5173').isOwn('http://localhost:5173/index.html')).toBe(true)
  })

  it('is nothing else', () => {
    expect(createPage('http://localhost:5173').isOwn('http://localhost:5174/')).toBe(false)
    expect(createPage('app://bundle/').isOwn('app://other/')).toBe(false)
    expect(createPage('broken').isOwn('broken')).toBe(false)
  })
})

describe('the menus', () => {
  const all = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true }
  const target = { isEditable: false, selectionText: '', linkURL: '', editFlags: all }
  const labels = (items: { label?: string }[]) => items.flatMap(({ label }) => label ?? [])

  it('offer the editing of text fields in the language of the app', () => {
    const items = contextMenu({ ...target, isEditable: true }, textsOf('ru'), async () => {})
    expect(labels(items)).toEqual(['Вырезать', 'Копировать', 'Вставить', 'Выделить всё'])
    const english = contextMenu({ ...target, isEditable: true }, textsOf('en'), async () => {})
    expect(labels(english)).toEqual(['Cut', 'Copy', 'Paste', 'Select all'])
  })

  it('offer only what there is', () => {
    expect(contextMenu(target, textsOf('ru'), async () => {})).toEqual([])
    expect(labels(contextMenu({ ...target, selectionText: 'x' }, textsOf('ru'), async () => {}))).toEqual([
      'Копировать',
    ])
    const link = { ...target, linkURL: 'https://a.example/' }
    expect(labels(contextMenu(link, textsOf('ru'), async () => {}))).toEqual(['Копировать ссылку'])
    const [cut] = contextMenu({ ...target, isEditable: true, editFlags: { ...all, canCut: false } }, textsOf('ru'), async () => {}) // prettier-ignore
    expect(cut?.enabled).toBe(false)
  })

  it('carry the keys of editing, and no developer tools in a packaged app', () => {
    const roles = (isPackaged: boolean, platform: NodeJS.Platform = 'linux') =>
      applicationMenu(textsOf('ru'), platform, isPackaged)
        .flatMap(({ role, submenu }) => [{ role }, ...(Array.isArray(submenu) ? submenu : [])])
        .flatMap(({ role }) => role ?? [])
    expect(roles(true)).toEqual(expect.arrayContaining(['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll', 'quit']))
    expect(roles(true)).not.toContain('toggleDevTools')
    expect(roles(true)).not.toContain('reload')
    expect(roles(false)).toContain('toggleDevTools')
    expect(roles(true, 'darwin')).toContain('appMenu')
  })
})
