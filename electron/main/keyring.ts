import { safeStorage } from 'electron'
import type { Cipher } from './credentials.ts'

/** Without a keyring Linux offers a fixed password instead (`basic_text`): that hides tokens from nobody, so it counts as none. */
function isAvailable(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  // The test for the function is for runtimes older than the one the app ships with.
  if (process.platform !== 'linux' || typeof safeStorage.getSelectedStorageBackend !== 'function') return true
  return safeStorage.getSelectedStorageBackend() !== 'basic_text'
}

export const keyring: Cipher = {
  isAvailable,
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(Buffer.from(bytes)),
}
