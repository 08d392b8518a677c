import type { MediaVariant } from './domain/media-type.ts'

/** Where the page reads a file that is kept for sending. */
export function localMediaUrl(account: string, sha256: string): string {
  return `app-media://local/${account}/${sha256}`
}

/** Where the page reads a received file that is whole. */
export function cachedMediaUrl(account: string, sha256: string, variant: MediaVariant): string {
  return `app-media://cache/${account}/${sha256}.${variant}`
}
