/** What a hostile file, or a hostile page, could try with photos and videos: `app-media:`, dropped files, the camera. */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PickedFile } from '#common/ipc-media.ts'
import type { LaunchedApp } from '#tests/support/electron/launch-app.ts'
import { launchApp } from '#tests/support/electron/launch-app.ts'
import { runInPage } from '#tests/support/electron/in-page.ts'
import { photoWithPlace } from '#tests/support/media/photos.ts'

const account = 'deadbeefdeadbeef'
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const script = Buffer.from('window.hacked = 1')
const hostile = {
  script,
  html: Buffer.from('<!doctype html><script>parent.hacked = 1</script>'),
  svg: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked = 1"><script>window.hacked = 1</script></svg>',
  ),
}

let desk: LaunchedApp
let photo: Buffer
let polyglot: Buffer
beforeAll(async () => {
  desk = await launchApp({ switches: ['--use-fake-device-for-media-stream'] })
  photo = await photoWithPlace(400, 200, 1)
  polyglot = Buffer.concat([photo, hostile.html])
  // As if another program had put them into the folder: under names that are right.
  const folder = join(desk.userDataDir, 'media', account)
  await mkdir(join(folder, 'cache'), { recursive: true })
  for (const bytes of [photo, polyglot, ...Object.values(hostile)]) {
    await writeFile(join(folder, hashOf(bytes)), bytes)
    await writeFile(join(folder, 'cache', `${hashOf(bytes)}.full`), bytes)
  }
})
afterAll(() => desk.close())
const inPage = <Answer>(code: string) => runInPage<Answer>(desk, code)
const local = (bytes: Uint8Array) => `app-media://local/${account}/${hashOf(bytes)}`
const statusOf = (url: string, init = '{}') =>
  inPage<number | string>(
    `return fetch(${JSON.stringify(url)}, ${init}).then(({ status }) => status, (error) => error.message)`,
  )

describe('app-media:', () => {
  it('gives a photo to the page, and its pixels to a canvas', async () => {
    const shown =
      await inPage(`const picture = new Image(); picture.crossOrigin = 'anonymous'; picture.src = '${local(photo)}';
      await picture.decode(); const context = new OffscreenCanvas(400, 200).getContext('2d'); context.drawImage(picture, 0, 0);
      return [picture.naturalWidth, picture.naturalHeight, context.getImageData(10, 10, 1, 1).data[0] > 150]`)
    expect(shown).toEqual([400, 200, true])
    expect(await statusOf(local(photo), "{ headers: { Range: 'bytes=0-9' } }")).toBe(206)
    expect(await statusOf(`app-media://cache/${account}/${hashOf(photo)}.full`)).toBe(200)
  })

  it('plays a video and goes to any place of it', async () => {
    const played =
      await inPage(`const canvas = document.createElement('canvas'); const context = canvas.getContext('2d');
      const timer = setInterval(() => context.fillRect(0, 0, Math.random() * 300, 150), 30);
      const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' }); const parts = [];
      recorder.ondataavailable = ({ data }) => parts.push(data); recorder.start();
      await new Promise((f) => setTimeout(f, 1200)); const stopped = new Promise((f) => recorder.onstop = f); recorder.stop(); await stopped;
      clearInterval(timer);
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      const [kept] = await naryad.adoptFiles('${account}', [new File([bytes], 'rec')]);
      const video = document.createElement('video'); video.muted = true; video.src = 'app-media://local/${account}/' + kept.sha256;
      await new Promise((f, r) => { video.onloadeddata = f; video.onerror = () => r(new Error(video.error.message)) });
      const sought = new Promise((f) => video.onseeked = f); video.currentTime = 0.5; await sought;
      return [kept.type, kept.name, video.videoWidth, video.currentTime]`)
    expect(played).toEqual(['video/webm', 'rec.webm', 300, 0.5])
  })

  it.each([
    `app-media://local/${account}/../../settings.json`,
    `app-media://local/${account}/..%2f..%2fsettings.json`,
    `app-media://local/${account}/%2e%2e/%2e%2e/settings.json`,
    `app-media://local/../../../../etc/passwd`,
    `app-media://local//etc/passwd`,
    `app-media://local/${account}/cache`,
    `app-media://local/${account}`,
    `app-media://local/${account}/${'a'.repeat(64)}%00.jpg`,
    `app-media://bundle/index.html`,
    `app-media://local/cafebabecafebabe/${hashOf(script)}`,
  ])('%s is nothing', async (url) => {
    // Some are no address for Chromium already.
    expect(String(await statusOf(url))).toMatch(/^(404$|Failed to)/)
  })

  it('gives no account the files of another, and writes nothing', async () => {
    expect(await statusOf(local(photo))).toBe(200)
    expect(await statusOf(local(photo).replace(account, 'cafebabecafebabe'))).toBe(404)
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD'])
      expect([method, await statusOf(local(photo), `{ method: '${method}' }`)]).toEqual([method, 404])
    expect(await statusOf(local(photo))).toBe(200)
  })

  it.each(Object.keys(hostile) as (keyof typeof hostile)[])('gives no %s out, whatever its name', async (kind) => {
    expect(await statusOf(local(hostile[kind]))).toBe(404)
    expect(await statusOf(`app-media://cache/${account}/${hashOf(hostile[kind])}.full`)).toBe(404)
  })

  it.each([
    ['a script', "const e = document.createElement('script'); e.src = URL_; document.body.append(e)"],
    [
      'a module',
      "const e = document.createElement('script'); e.type = 'module'; e.src = URL_; document.body.append(e)",
    ],
    ['a frame', "const e = document.createElement('iframe'); e.src = URL_; document.body.append(e)"],
    ['an object', "const e = document.createElement('object'); e.data = URL_; document.body.append(e)"],
    [
      'a style',
      "const e = document.createElement('link'); e.rel = 'stylesheet'; e.href = URL_; document.head.append(e)",
    ],
  ])('can not be %s of the page', async (_, code) => {
    for (const bytes of [polyglot, hostile.script, hostile.html, hostile.svg]) {
      const violated =
        await inPage(`const before = new Set(document.querySelectorAll('*')); const URL_ = '${local(bytes)}';
        const violation = new Promise((f) => {
          document.addEventListener('securitypolicyviolation', (e) => f(e.disposition), { once: true });
          setTimeout(() => f('not blocked'), 5000);
        });
        ${code};
        const answer = await violation;
        for (const e of document.querySelectorAll('*')) if (!before.has(e)) e.remove();
        return [answer, window.hacked ?? 0]`)
      expect(violated).toEqual(['enforce', 0])
    }
  })

  it('is no worker and nowhere to go', async () => {
    const worker =
      await inPage(`return new Promise((f) => { try { const worker = new Worker('${local(hostile.script)}');
      worker.onmessage = () => f('ran'); worker.onerror = () => f('blocked') } catch { f('blocked') } })`)
    expect(worker).toBe('blocked')
    await inPage(`window.mark = 1; location.href = '${local(polyglot)}'; window.open('${local(polyglot)}');
      await new Promise((f) => setTimeout(f, 100))`).catch(() => {})
    expect(await inPage('return [window.mark, window.hacked ?? 0]')).toEqual([1, 0])
    expect(desk.page.url()).toMatch(/^app:\/\/bundle\//)
    expect(await desk.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })
})

describe('received files', () => {
  it('are kept only when they are photos or videos', async () => {
    const write = (bytes: Uint8Array, sha256: string) =>
      inPage(`return naryad.call('media.cacheWrite', { account: '${account}', sha256: '${sha256}', variant: 'thumb', offset: 0,
        total: ${bytes.length}, bytes: new Uint8Array(${JSON.stringify([...bytes])}) })`)
    const refused = { ok: false, reason: 'content', size: 0 }
    for (const bytes of Object.values(hostile)) expect(await write(bytes, 'b'.repeat(64))).toEqual(refused)
    const small = await photoWithPlace(20, 20, 1)
    expect(await write(small, 'b'.repeat(64))).toMatchObject({ ok: true, state: 'whole' })
    expect(await statusOf(`app-media://cache/${account}/${'b'.repeat(64)}.thumb`)).toBe(200)
  })

  it('a large one is handed over without the page standing still', async () => {
    const [longestMs, picked] = await inPage<
      [number, PickedFile]
    >(`const bytes = new Uint8Array(20_000_000); bytes.set([0xff, 0xd8, 0xff]);
      let longest = 0; const seen = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) });
      const file = new File([bytes], 'x'); await new Promise((f) => setTimeout(f)); seen.observe({ type: 'longtask' });
      const [kept] = await naryad.adoptFiles('${account}', [file]); await new Promise((f) => setTimeout(f)); return [longest, kept]`)
    process.stdout.write(`20 MB handed to the main process: longest task of the page ${longestMs} ms (0: below 50)\n`)
    expect(picked).toMatchObject({ ok: true, size: 20_000_000 })
    // In one piece it takes ten times as long.
    expect(longestMs).toBeLessThan(150)
  })
})

describe('camera and microphone', () => {
  const ask = (code: string) =>
    inPage<string>(
      `return ${code}.then((s) => { s.getTracks?.().forEach((t) => t.stop()); return 'granted' }, (e) => e.name)`,
    )
  const camera = () => ask('navigator.mediaDevices.getUserMedia({ video: true, audio: true })')
  const use = (inUse: boolean) => inPage(`return naryad.call('camera.use', { inUse: ${inUse} })`)

  it('are there while the dialog is open, and at no other time', async () => {
    expect(await camera()).toBe('NotAllowedError')
    await use(true)
    expect(await camera()).toBe('granted')
    expect(await inPage("return (await navigator.permissions.query({ name: 'camera' })).state")).toBe('granted')
    await use(false)
    expect(await camera()).toBe('NotAllowedError')
  })

  it('go with the page that opened the dialog', async () => {
    await use(true)
    await desk.page.reload()
    expect(await camera()).toBe('NotAllowedError')
  })

  it('bring nothing else with them', async () => {
    await use(true)
    expect(await ask('navigator.mediaDevices.getDisplayMedia({ video: true })')).not.toBe('granted')
    expect(await inPage('return Notification.requestPermission()')).toBe('denied')
    for (const name of ['geolocation', 'notifications', 'clipboard-read', 'midi'])
      expect(await inPage(`return (await navigator.permissions.query({ name: '${name}' })).state`)).toBe('denied')
    await use(false)
  })
})
