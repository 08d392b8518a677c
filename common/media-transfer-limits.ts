/** How much crosses between the window and the main process at once. Apart from the schemas, which a preload script need not carry. */
export const mediaTransferLimits = {
  /** Files looked at in one picking or dropping; those beyond are answered 'too-many' and not read. */
  files: 20,
  /** Bytes of one `media.adopt`: what is copied from the page at once keeps it from being used for some milliseconds. */
  adoptBytes: 1_048_576,
  /** Bytes of one `media.cacheWrite`. */
  pieceBytes: 4_194_304,
  /** A photo as it was picked. It becomes smaller before it is sent, so it may be larger than what servers take. */
  pickedPhotoBytes: 104_857_600,
  /** Hashes in one call. */
  hashes: 1_000,
} as const
