import { chatRoom, type ChatKind } from '#common/domain/ids.ts'
import type { DraftFile, FileFailure, UploadProgress } from '#renderer/data/media-api.ts'
import { drawnAttachment, drawPicture } from './drawn-pictures.ts'
import type { FakeData } from './fake-data.ts'
import { draftFile } from './fake-files.ts'
import { noFiles, type FakeFiles } from './fake-folder.ts'
import type { Scene } from './scene.ts'
import type { MessageItem } from './world-seeds.ts'
import { message, type FakeChat, type World } from './world.ts'

const ticketId = 't-20418'
const path = { team: `/chats/${ticketId}/team`, customer: `/chats/${ticketId}/customer` } as const

function chatIn(world: World, chat: ChatKind = 'customer'): FakeChat {
  const found = world.chats.get(chatRoom(ticketId, chat))
  if (!found) throw new Error(`no chat ${chat}`)
  return found
}

const numbered = (count: number) => Array.from({ length: count }, (_each, index) => index)
const photos = (world: World, from: number, count: number) =>
  numbered(count).map((index) => drawnAttachment(world, from + index))
const video = (world: World, number: number) => drawnAttachment(world, number, { mime: 'video/mp4' })

function readyFile(number: number, given: Partial<Omit<DraftFile, 'state'>> = {}): DraftFile {
  const { url, thumbhash } = drawPicture(number)
  return draftFile(`f${number}`, { name: `IMG_${1000 + number}.jpg`, preview: url, thumbhash, ...given })
}

const tray = (files: Partial<FakeFiles> | (() => Partial<FakeFiles>)) => (data: FakeData) =>
  data.change((world) => {
    const chat = chatIn(world)
    chat.draft = 'Инженер Илья Громов будет до 16:00. Схему узла и видео проверки приложил.'
    chat.readSeq = 20
    world.folder.drafts.set(chat.room, { ...noFiles, ...(typeof files === 'function' ? files() : files) })
  })

const threeFiles = (): Partial<FakeFiles> => ({
  files: [
    readyFile(1, { name: 'узел.jpg', size: 1_240_000 }),
    {
      ...readyFile(3, { name: 'проверка давления.mp4', kind: 'video', size: 18_400_000, durationMs: 72_000 }),
      state: 'preparing',
      preview: null,
    },
    { ...readyFile(2, { name: 'акт.jpg', size: 870_000 }), state: 'failed', failure: 'unreadable' },
  ],
})

const tenFiles = (): Partial<FakeFiles> => ({
  files: numbered(10).map((number) =>
    number === 6
      ? readyFile(number, { kind: 'video', name: 'обход.mp4', durationMs: 42_000, size: 48_000_000 })
      : readyFile(number),
  ),
})

const refusedFiles = (): Partial<FakeFiles> => ({
  ...tenFiles(),
  refused: (['too-many', 'type', 'empty', 'too-big', 'heic', 'duplicate'] satisfies FileFailure[]).map(
    (failure, index) => ({ id: `r${index}`, name: `файл ${index + 1}.${index === 1 ? 'svg' : 'jpg'}`, failure }),
  ),
})

type Say = (changes: Partial<MessageItem>, text?: string, by?: string) => MessageItem

/** A conversation of the given messages, all read, in the order of the clock. */
const talk =
  (make: (world: World, say: Say) => MessageItem[], chat: ChatKind = 'customer') =>
  ({ change }: FakeData) =>
    change((world) => {
      const found = chatIn(world, chat)
      let seq = 0
      const say: Say = (changes, text = '', by = 'u-olga') =>
        message(world, changes.seq === null ? null : ++seq, by, 60 - seq * 4, text, changes)
      found.items = make(world, say)
      found.readSeq = seq
      found.draft = ''
    })

const pictures = talk((world, say) => [
  say({ attachments: photos(world, 0, 1) }, 'Манометр'),
  say({ attachments: photos(world, 1, 2) }, '', 'u-maria'),
  say({ attachments: photos(world, 3, 3) }, 'Фото манометра и узла приложила.'),
  say({ attachments: photos(world, 6, 5) }, 'Всё, что снял Илья.', 'u-maria'),
  say({ attachments: [...photos(world, 11, 9), video(world, 20)] }),
])

const someMissing = talk((world, say) => {
  const attachments = photos(world, 30, 4)
  const states = [
    { state: 'absent' },
    { state: 'failed', reason: 'unreachable' },
    { state: 'failed', reason: 'refused' },
    { state: 'loading', progress: 0.4 },
  ] as const
  for (const [index, { sha256 }] of attachments.entries())
    world.folder.media.set(`${sha256}.thumb`, states[index] ?? { state: 'waiting' })
  return [
    say({ attachments: [video(world, 41)] }, 'Стук слышен на записи'),
    say({ attachments: [video(world, 42)] }, '', 'u-maria'),
    say({ attachments }, 'Здесь не всё загрузилось'),
  ]
})

const progress = (given: Partial<UploadProgress>): UploadProgress => ({
  state: 'running',
  filesDone: 3,
  files: 10,
  bytesDone: 2_400_000,
  bytes: 20_000_000,
  remainingMs: 38_000,
  failure: null,
  failed: [],
  ...given,
})
const failedUpload = progress({ state: 'failed', failure: 'refused-content', failed: ['IMG_1057.jpg'] })
const waiting = { seq: null, at: null, delivery: 'queued' } as const

const uploading = talk((world, say) => [
  say({}, 'Пришлите, пожалуйста, фото узла.'),
  say({ ...waiting, id: 'u1', attachments: photos(world, 50, 6), upload: progress({}) }, 'Отправляю', 'u-maria'),
  say({ ...waiting, id: 'u2', attachments: photos(world, 57, 2), upload: failedUpload }, 'И акт', 'u-maria'),
])

const uploadQueue = ({ change }: FakeData) =>
  change((world) => {
    const item = (id: string, text: string, upload: UploadProgress) => ({
      id,
      type: 'message.post' as const,
      state: 'queued' as const,
      ticketId,
      ticketNumber: 20418,
      ticketTitle: 'Не держит давление насос ГВС',
      isTicketHere: true,
      chat: 'customer' as const,
      text,
      writtenAt: world.now - 240_000,
      refusal: null,
      canEdit: true,
      attachments: upload.files,
      upload,
    })
    world.queue = [
      item('q1', 'Отправляю', progress({})),
      item('q2', '', progress({ state: 'waiting', filesDone: 0, files: 2, bytesDone: 0 })),
      item('q3', 'Видео обхода', progress({ state: 'paused', filesDone: 0, files: 1, bytesDone: 0 })),
      item('q4', 'И акт', progress({ ...failedUpload, filesDone: 1, files: 2 })),
    ]
  })

/** So many photos, five to a message, the way an album of a long repair looks. */
function fillWithPhotos(data: FakeData, count: number): void {
  talk((world, say) =>
    numbered(Math.ceil(count / 5)).map((index) => {
      const at = world.now - (count / 5 - index) * 300_000
      const attachments = photos(world, 100 + index * 5, Math.min(5, count - index * 5))
      return say({ id: `album ${index}`, attachments, at, writtenAt: at }, index % 3 === 0 ? `Снимки ${index + 1}` : '')
    }),
  )(data)
}

/** Photos and videos: in the field, on their way, in messages. */
export const mediaScenes: Record<string, Scene> = {
  tray: { path: path.customer, world: { split: true }, prepare: tray(threeFiles) },
  'tray-full': { path: path.customer, prepare: tray(tenFiles) },
  'tray-refused': { path: path.customer, prepare: tray(refusedFiles) },
  pictures: { path: path.customer, prepare: pictures },
  'pictures-missing': { path: path.customer, prepare: someMissing },
  uploading: { path: path.customer, prepare: uploading },
  'queue-uploads': { path: '/queue', prepare: uploadQueue },
  photos: { path: path.customer, prepare: (data) => fillWithPhotos(data, 2000) },
}
