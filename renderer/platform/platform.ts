import type {
  AppInformation,
  Credentials,
  EventPayload,
  JournalContent,
  JournalEntry,
  JournalOutcome,
  NotificationRequest,
  SaveOutcome,
  Settings,
} from '#common/ipc.ts'

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
  /** null where the system draws the window's frame. */
  window: { control(action: WindowAction): Promise<void> } | null
  /** A notification or a link asks for a path of the app. All three return their disposer. */
  onOpenPath(listener: (path: string) => void): () => void
  onWindowState(listener: (state: WindowState) => void): () => void
  onPowerResumed(listener: () => void): () => void
}

export type WindowAction = 'minimize' | 'toggle-maximize' | 'close'
export type WindowState = EventPayload<'window-state'>
