import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { notificationBody, notificationTitle } from '#electron/main/notification-text.ts'
import type { Banner } from '#electron/main/notifications.ts'
import { createNotifications } from '#electron/main/notifications.ts'

describe('the text of a notification', () => {
  it('is no markup on Linux, where it would be read as such', () => {
    const text = `<a href="https://evil">Смета</a> & <img src='x'> "1 < 2"`
    expect(notificationBody(text, 'linux')).toBe(
      `&lt;a href="https://evil"&gt;Смета&lt;/a&gt; &amp; &lt;img src='x'&gt; "1 &lt; 2"`,
    )
    expect(notificationBody(text, 'win32')).toBe(text)
    expect(notificationBody('&lt;b&gt;', 'linux')).toBe('&amp;lt;b&amp;gt;')
  })

  it('hides nothing and turns nothing round', () => {
    expect(notificationBody('a\u0000b\u001b[31mc\u202etxt.exe\u200b\ufeff', 'darwin')).toBe('ab[31mctxt.exe')
    expect(notificationTitle('Иванова\nСрочно\u2028\u0007!')).toBe('Иванова Срочно !')
  })

  it('keeps lines in the body and emoji whole', () => {
    expect(notificationBody('один\r\nдва\rтри', 'darwin')).toBe('один\nдва\nтри')
    expect(notificationBody('👨‍👩‍👧', 'darwin')).toBe('👨‍👩‍👧')
  })

  it('is cut where it is too long, not inside a character', () => {
    expect([...notificationBody('😀'.repeat(1000), 'darwin')]).toHaveLength(400)
    expect([...notificationTitle('я'.repeat(1000))]).toHaveLength(120)
    expect(notificationTitle('я'.repeat(1000)).endsWith('я…')).toBe(true)
    expect(notificationBody('&'.repeat(1000), 'linux')).toMatch(/^(&amp;){399}…$/)
  })
})

class FakeBanner implements Banner {
  readonly text: { title: string; body: string }
  readonly listeners = new Map<string, (() => void)[]>()
  state: 'made' | 'shown' | 'closed' = 'made'
  answer: 'show' | 'failed' | undefined = 'show'
  constructor(text: { title: string; body: string }) {
    this.text = text
  }
  on(event: string, listener: () => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener])
  }
  emit(event: string): void {
    for (const listener of this.listeners.get(event) ?? []) listener()
  }
  show(): void {
    this.state = 'shown'
    if (this.answer !== undefined) this.emit(this.answer)
  }
  close(): void {
    this.state = 'closed'
    this.emit('close')
  }
}

describe('notifications', () => {
  const made: FakeBanner[] = []
  const opened: string[] = []
  let answer: FakeBanner['answer']
  let isSupported: boolean
  beforeEach(() => {
    vi.useFakeTimers()
    made.length = opened.length = 0
    answer = 'show'
    isSupported = true
  })
  afterEach(() => void vi.useRealTimers())

  const create = () =>
    createNotifications({
      isSupported: () => isSupported,
      createBanner(text) {
        const banner = new FakeBanner(text)
        banner.answer = answer
        made.push(banner)
        return banner
      },
      platform: 'linux',
      onOpen: (path) => opened.push(path),
      showTimeoutMs: 2000,
    })
  const request = (tag: string) => ({ tag, title: 'Иванова', body: 'Жду', path: `/chats/${tag}/team` })
  const states = () => made.map(({ state }) => state)

  it('open their path when clicked', async () => {
    const notifications = create()
    expect(await notifications.show(request('1'))).toBe(true)
    await notifications.show(request('2'))
    made[0]?.emit('click')
    expect(opened).toEqual(['/chats/1/team'])
  })

  it('with the same tag replace each other', async () => {
    const notifications = create()
    await notifications.show(request('1'))
    await notifications.show(request('2'))
    await notifications.show(request('1'))
    expect(states()).toEqual(['closed', 'shown', 'shown'])
  })

  it('are closed when withdrawn', async () => {
    const notifications = create()
    await notifications.show(request('1'))
    await notifications.show(request('2'))
    notifications.withdraw('1')
    notifications.withdraw('1')
    notifications.withdraw('never shown')
    expect(states()).toEqual(['closed', 'shown'])
    notifications.withdrawAll()
    expect(states()).toEqual(['closed', 'closed'])
  })

  it('never fill the screen without bound', async () => {
    const notifications = create()
    for (let tag = 0; tag < 60; tag++) await notifications.show(request(String(tag)))
    expect(states().filter((state) => state === 'shown')).toHaveLength(50)
    expect(states().at(-1)).toBe('shown')
  })

  it('say when the system shows none', async () => {
    answer = 'failed'
    expect(await create().show(request('1'))).toBe(false)
    answer = undefined
    const silent = create().show(request('2'))
    await vi.advanceTimersByTimeAsync(2000)
    expect(await silent).toBe(false)
    isSupported = false
    expect(await create().show(request('3'))).toBe(false)
    expect(made).toHaveLength(2)
  })
})
