import type { HttpStack } from 'tus-js-client'
import type { MediaPlatform } from '../../platform/platform.ts'
import type { FileFailure, UploadRules } from '../media-api.ts'
import type { SettableValue, Value } from '../value.ts'
import type { KeptFile, SentFile } from './kept-file.ts'

/** Makes what is sent out of a picked file; its bytes, and those of its small picture and poster, are in the media folder then. */
export type PrepareFile = (
  account: string,
  file: Pick<KeptFile, 'name' | 'kind' | 'picked'>,
  options: { originals: boolean },
) => Promise<{ ok: true; sent: SentFile } | { ok: false; failure: FileFailure }>

/** What photos and videos need of the world. */
export type MediaPorts = {
  folder: Omit<MediaPlatform, 'useCamera'>
  /** Bytes `start` to `end` (exclusive) of a local file; null when there is no such file any more. */
  read(account: string, sha256: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer> | null>
  prepare: PrepareFile
  /** Requests to the server that carry files. Rejects when it can't be reached. */
  fetch(url: string, init: RequestInit): Promise<Response>
  /** How uploads make their requests; absent: as the environment does. */
  httpStack?: HttpStack | undefined
  /** The link is paid for by volume. */
  metered: Value<boolean>
  rules: SettableValue<UploadRules>
}
