/** Whether every word of the query begins a word of one of the texts; ё counts as е. */
export function matchesQuery(query: string, ...texts: string[]): boolean {
  const words = wordsOf(texts.join(' '))
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)))
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLocaleLowerCase('ru')
      .replaceAll('ё', 'е')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  )
}
