/**
 * The rules of rights (SPEC.md, «Rights») as a table, written from the page and not from the code: what the server answers is
 * compared with it. Each line is one way to a right and all of its words must hold: `+permission` of the role, `@tie` to the
 * ticket, `employee`/`customer`, `split`/`whole` chats, `=row` another row. A right with several lines is had by any of them.
 */
const rows = {
  // R1–R3
  'see ticket': [
    'employee +tickets.view.all',
    'employee +tickets.view.district @district',
    'employee +tickets.view.own @assignee',
    'employee +tickets.view.own @requester',
    'employee @team-chat',
    'employee @customer-chat',
    'customer +tickets.view.own @customer',
    'customer +tickets.view.own @requester',
    'customer +tickets.view.own @customer-chat',
  ],
  // R4, R6
  'read customer chat': [
    'employee +messages.customer.read @customer-chat',
    'employee +messages.customer.read +messages.all =see ticket',
    'employee whole +messages.team.read @customer-chat',
    'employee whole +messages.team.read +messages.all =see ticket',
    'customer +messages.customer.read =see ticket',
  ],
  // R4, R5
  'read team chat': [
    'employee split +messages.team.read @team-chat',
    'employee split +messages.team.read +messages.all =see ticket',
  ],
  // R6, R7
  'write customer chat': [
    'employee +messages.customer.write =read customer chat',
    'employee whole +messages.team.write =read customer chat',
    'customer +messages.customer.write =read customer chat',
  ],
  'write team chat': ['employee +messages.team.write =read team chat'],
  'write both chats': ['=write customer chat =write team chat'],
  // R8–R11
  'edit ticket': ['employee +tickets.edit =see ticket'],
  'change stage': ['employee +tickets.stage =see ticket'],
  'assign ticket': ['employee +tickets.assign =see ticket'],
  'create ticket': ['+tickets.create'],
  // R12
  'read directory': ['employee'],
  // R16, R17
  'add to customer chat': ['employee +messages.participants.add =read customer chat'],
  'add to team chat': ['employee +messages.participants.add =read team chat'],
  'remove from customer chat': ['employee +messages.participants.remove =read customer chat'],
  'remove from team chat': ['employee +messages.participants.remove =read team chat'],
  // R19–R22
  'administer users': ['employee +admin.users'],
  'administer roles': ['employee +admin.roles'],
  'administer organisation': ['employee +admin.organisation'],
  'read audit': ['employee +admin.audit'],
} as const

export type Right = keyof typeof rows
export type Tie = 'assignee' | 'requester' | 'customer' | 'district' | 'team-chat' | 'customer-chat'

/** Somebody before a ticket. */
export type Situation = {
  kind: 'employee' | 'customer'
  permissions: ReadonlySet<string>
  ties: ReadonlySet<Tie>
  split: boolean
}

type Condition = (situation: Situation) => boolean

const compiled = new Map<Right, Condition[][]>()
for (const [right, lines] of Object.entries(rows) as [Right, readonly string[]][])
  compiled.set(right, lines.map(conditionsOf))

export function hasRight(situation: Situation, right: Right): boolean {
  return compiled.get(right)?.some((conditions) => conditions.every((holds) => holds(situation))) ?? false
}

function conditionsOf(line: string): Condition[] {
  const [words = '', ...others] = line.split('=')
  return [
    ...words.split(' ').flatMap((word) => (word === '' ? [] : conditionOf(word))),
    ...others.map((name): Condition => {
      const other = name.trim() as Right
      return (situation) => hasRight(situation, other)
    }),
  ]
}

function conditionOf(word: string): Condition {
  const name = word.slice(1)
  if (word.startsWith('+')) return ({ permissions }) => permissions.has(name)
  if (word.startsWith('@')) return ({ ties }) => ties.has(name as Tie)
  if (word === 'split') return ({ split }) => split
  if (word === 'whole') return ({ split }) => !split
  return ({ kind }) => kind === word
}
