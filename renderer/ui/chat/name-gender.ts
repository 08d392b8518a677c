/** Endings of surnames, patronymics and first names that Russian gives to women and to men only. */
const feminine = /(?:ов|ев|ёв|ин|ын)на$|(?:ова|ева|ёва|ина|ына|ская|цкая|чна)$/
const masculine = /(?:ов|ев|ёв|ин|ын|ский|цкий|ой|ий|вич|ьич)$/

/**
 * The form in which Russian tells what a person did, read from their name; `other` where the name does not say, and the
 * sentence must do without.
 */
export function genderOf(name: string): 'feminine' | 'masculine' | 'other' {
  const words = name.trim().toLocaleLowerCase('ru').split(/\s+/)
  const woman = words.some((word) => feminine.test(word))
  const man = words.some((word) => masculine.test(word))
  if (woman === man) return 'other'
  return woman ? 'feminine' : 'masculine'
}
