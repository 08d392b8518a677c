import { SeededRandom } from './seeded-random.ts'

/** What can happen in one step, with how often it does. */
const weights = {
  post: 22,
  hold: 6,
  edit: 6,
  delete: 4,
  read: 12,
  'create-ticket': 3,
  'update-ticket': 4,
  assign: 5,
  stage: 3,
  participants: 12,
  'watch-chat': 4,
  cancel: 2,
  retry: 1,
  discard: 1,
  draft: 1,
  'go-offline': 4,
  'go-online': 6,
  'stall-network': 3,
  'resume-network': 4,
  'cut-connections': 3,
  'lag-network': 1,
  'crash-client': 3,
  'crash-client-soon': 4,
  'wipe-database': 1,
  'fill-client-disk': 1,
  'free-client-disk': 2,
  'skew-clock': 2,
  'freeze-client': 1,
  'crash-server': 2,
  'crash-server-soon': 2,
  'drain-server': 1,
  'compact-room': 3,
  'freeze-server': 1,
  'fill-server-disk': 1,
  'free-server-disk': 2,
  'change-role': 2,
  'switch-role': 1.5,
  'switch-user': 1.2,
  'move-user': 1.5,
  split: 1,
  'add-role-or-user': 0.8,
  'write-role': 0.7,
  'write-split': 0.2,
  'end-session': 0.5,
  'switch-account': 0.7,
  'let-time-pass': 1,
  attack: 8,
  prowl: 2,
} as const

export type StepKind = keyof typeof weights

/** One step: `roll` decides everything in it, so that leaving out another step does not change it. */
export type Step = { kind: StepKind; roll: number; pauseMs: number }

const kinds = Object.keys(weights) as StepKind[]
const total = kinds.reduce((sum, kind) => sum + weights[kind], 0)

/** The steps of a seed: short pauses mostly, so that much is under way at once. */
export function planSteps(seed: number, count: number): Step[] {
  const chance = new SeededRandom(seed, 'steps')
  return Array.from({ length: count }, () => {
    const kind = pickKind(chance.next() * total)
    const pauseMs = chance.chance(0.1) ? chance.between(1_000, 8_000) : chance.between(0, 300)
    return { kind, roll: chance.word(), pauseMs }
  })
}

function pickKind(target: number): StepKind {
  let rest = target
  for (const kind of kinds) {
    rest -= weights[kind]
    if (rest < 0) return kind
  }
  return 'post'
}
