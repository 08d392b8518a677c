const reversedPolynomial = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ reversedPolynomial : remainder >>> 1
  return remainder
})

/** CRC-32C (Castagnoli), as in iSCSI and ext4. `previous` continues over several pieces. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let remainder = ~previous
  for (const byte of bytes) remainder = (table[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  return ~remainder >>> 0
}
