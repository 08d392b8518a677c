import type {
  AppInformation,
  CallArgument,
  Credentials,
  EventPayload,
  JournalContent,
  JournalEntry,
  JournalOutcome,
  NotificationRequest,
  SaveOutcome,
  Settings,
} from '#common/ipc.ts'
import type { CachedState, CacheWriteOutcome, LocalFile, PickedFile } from '#common/ipc-media.ts'
import type { MediaVariant } from '#common/domain/media-type.ts'

/** Photos and videos on this machine. `account` names whose they are, as for the journal; a file is known by its sha256. */
export type MediaPlatform = {
  /** The system's dialog for files; empty when the user picked none. Every file is answered, taken or refused. */
  pick(account: string): Promise<PickedFile[]>
  /** Takes over what was dropped, pasted or chosen in the page; answers in their order. */
  adoptFiles(account: string, files: File[]): Promise<PickedFile[]>
  /** Takes over bytes made here: of the camera, a prepared photo, a poster. */
  adopt(account: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<PickedFile>
  list(account: string): Promise<LocalFile[]>
  /** Deletes local files that nothing needs any more. */
  forget(account: string, sha256s: string[]): Promise<void>
  /** The server has these local files: they are cache from now on. */
  release(account: string, sha256s: string[]): Promise<void>
  cache: {
    state(account: string, sha256: string, variant: MediaVariant): Promise<CachedState>
    /** Hands over the next piece of a download, at most `mediaTransferLimits.pieceBytes`; `total` is the whole's length. */
    write(piece: CachePiece): Promise<CacheWriteOutcome>
    /** Of all hashes when none are given. */
    forget(account: string, sha256s?: string[]): Promise<void>
  }
  /** Where the page reads a local file, with ranges: for fetch, img and video. */
  localUrl(account: string, sha256: string): string
  /** Where the page reads a received file that is whole. */
  cacheUrl(account: string, sha256: string, variant: MediaVariant): string
  saveAs(account: string, sha256: string, name: string): Promise<SaveOutcome>
  /** False when the file is not on this computer. */
  showInFolder(account: string, sha256: string): Promise<boolean>
  /** The camera may be asked for only between `true` and `false`; reloading the page ends it too. */
  useCamera(inUse: boolean): Promise<void>
}
export type CachePiece = CallArgument<'media.cacheWrite'>

/**
 * What the app needs of the machine it runs on. The desktop answers through the preload bridge, a browser by its own
 * means; nothing else in the renderer knows which of them it is.
 */
export type Platform = {
  information(): Promise<AppInformation>
  settings: {
    read(): Promise<Settings>
    /** Changes the given keys; answers with all settings as they are now. */
    write(changes: Partial<Settings>): Promise<Settings>
  }
  credentials: {
    read(server: string): Promise<Credentials | null>
    store(credentials: Credentials): Promise<void>
    clear(server: string): Promise<void>
  }
  /** What the user wrote, kept outside the browser's database. `account` is 8 to 64 hex digits. */
  journal: {
    read(account: string): Promise<JournalContent>
    /** Resolves once the entries are durable, or tells why they are not. */
    write(account: string, entries: JournalEntry[]): Promise<JournalOutcome>
  }
  /**
   * The browser's databases can't be opened: starts the app again without them. False when that did not help before, or where
   * the app has no say over them.
   */
  discardDatabases(): Promise<boolean>
  notifications: {
    /** False where the system shows none. */
    show(notification: NotificationRequest): Promise<boolean>
    withdraw(tag: string): Promise<void>
  }
  /** Unread messages on the app's icon; 0 clears it. */
  setBadge(count: number): Promise<void>
  /** Opens a http, https, mailto or tel link outside the app; false when it was refused. */
  openLink(url: string): Promise<boolean>
  writeClipboard(text: string): Promise<void>
  /** Asks the user where to save a text as a file; `name` is what is offered. */
  saveText(name: string, text: string): Promise<SaveOutcome>
  media: MediaPlatform
  /** null where the system draws the window's frame. */
  window: { control(action: WindowAction): Promise<void> } | null
  /** A notification or a link asks for a path of the app. All three return their disposer. */
  onOpenPath(listener: (path: string) => void): () => void
  onWindowState(listener: (state: WindowState) => void): () => void
  onPowerResumed(listener: () => void): () => void
}

export type WindowAction = 'minimize' | 'toggle-maximize' | 'close'
export type WindowState = EventPayload<'window-state'>
