import type { ru } from './ru.ts'

export type MessageKey = keyof typeof ru

/** A complete catalogue: every key of the Russian one. */
export type Catalogue = Record<MessageKey, string>

type Letter =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'

type BeforeComma<Text extends string> = Text extends `${infer Head},${string}` ? Head : Text

/**
 * Names of the arguments of an ICU message, read from its text. An argument begins with a small Latin letter; the branches
 * of a plural are Russian or begin with `#`, so they are not taken for one.
 */
type ArgumentNames<Text extends string> = Text extends `${string}{${infer Rest}`
  ? | (Rest extends `${infer Name}}${string}`
        ? BeforeComma<Name> extends `${Letter}${string}`
          ? BeforeComma<Name>
          : never
        : never)
    | ArgumentNames<Rest>
  : never

type ArgumentsOf<Text extends string> = Record<ArgumentNames<Text>, string | number>

/** Words a key in the current language; the compiler asks for exactly the arguments that the message has. */
export type Translate = <Key extends MessageKey>(
  key: Key,
  ...values: [ArgumentNames<(typeof ru)[Key]>] extends [never] ? [] : [ArgumentsOf<(typeof ru)[Key]>]
) => string
