import { describe, expect, it } from 'vitest'
import { isInstalled } from '../../../scripts/lib/node-modules.mjs'

const yjs = { version: '13.6.33', integrity: 'sha512-a' }
const forMac = { version: '1.0.0', integrity: 'sha512-b', optional: true }
const wanted = { '': {}, 'node_modules/yjs': yjs, 'node_modules/native-darwin-arm64': forMac }

describe('isInstalled', () => {
  it('accepts what the lock file asks for, without the packages of other platforms', () => {
    expect(isInstalled(wanted, { 'node_modules/yjs': yjs })).toBe(true)
    expect(isInstalled(wanted, { 'node_modules/yjs': yjs, 'node_modules/native-darwin-arm64': forMac })).toBe(true)
  })

  it('sees a missing package', () => {
    expect(isInstalled(wanted, {})).toBe(false)
  })

  it('sees another version and other contents under the same version', () => {
    expect(isInstalled(wanted, { 'node_modules/yjs': { ...yjs, version: '13.6.32' } })).toBe(false)
    expect(isInstalled(wanted, { 'node_modules/yjs': { ...yjs, integrity: 'sha512-c' } })).toBe(false)
  })
})
