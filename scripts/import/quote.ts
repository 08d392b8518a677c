const longest = 60

/** Text of a file as it may stand in a terminal: one line, not too long, and nothing that steers the terminal. */
export function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  const characters = [...plain]
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : plain
}
