import type { ReactNode } from 'react'
import type { ChatKind } from '#common/domain/ids.ts'
import { statusOf, type Priority, type Stage } from '#common/domain/ticket.ts'
import { countdownText, durationText } from '../../i18n/dates.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { classes } from './classes.ts'
import { dueOf } from './due.ts'
import { useNow } from './use-now.ts'

const tones = {
  blue: 'bg-selected text-accent',
  violet: 'bg-violet-soft text-violet',
  green: 'bg-good-soft text-good',
  red: 'bg-bad-soft text-bad',
  grey: 'bg-hover text-ink-2',
  team: 'bg-team-soft text-team',
  customer: 'bg-customer-soft text-customer',
} as const
type Tone = keyof typeof tones

/** A word on a coloured ground; the word alone must say everything. */
export function Chip({ tone, title, children }: { tone: Tone; title?: string; children: ReactNode }) {
  return (
    <span
      title={title}
      className={classes(
        'chip inline-block flex-none rounded-[4px] px-1.5 text-tiny leading-[18px] font-semibold whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}

const stageTones: Record<Stage, Tone> = {
  new: 'blue',
  assigned: 'blue',
  accepted: 'blue',
  enRoute: 'violet',
  inProgress: 'violet',
  needsFollowUp: 'violet',
  done: 'green',
  checked: 'green',
  closed: 'grey',
  customerRefused: 'grey',
  assigneeRefused: 'grey',
}

export function StageChip({ stage }: { stage: Stage }) {
  const { t } = useLanguage()
  return <Chip tone={stageTones[stage]}>{t(`stage.${stage}`)}</Chip>
}

/** What the customer sees of a stage. */
export function StatusChip({ stage }: { stage: Stage }) {
  const { t } = useLanguage()
  return <Chip tone={stageTones[stage]}>{t(`status.${statusOf(stage)}`)}</Chip>
}

const dayMs = 86_400_000

/** The stage of a ticket, or the due date in its place when it presses. */
export function StageOrDueChip({ stage, dueAt }: { stage: Stage; dueAt: string }) {
  const { t } = useLanguage()
  const due = dueOf(dueAt, stage, useNow())
  if (due.state === 'overdue')
    return (
      <Chip tone="red" title={`${t(`stage.${stage}`)}, ${t('due.late', { duration: durationText(t, due.lateMs) })}`}>
        {t('due.overdue', { duration: due.lateMs < dayMs ? countdownText(due.lateMs) : durationText(t, due.lateMs) })}
      </Chip>
    )
  if (due.state === 'soon')
    return (
      <Chip tone="red" title={t('due.soon.label', { duration: durationText(t, due.leftMs) })}>
        {t('due.soon', { time: countdownText(due.leftMs) })}
      </Chip>
    )
  return <StageChip stage={stage} />
}

/** Which of a ticket's two chats something belongs to. */
export function ChatChip({ chat }: { chat: ChatKind }) {
  const { t } = useLanguage()
  return <Chip tone={chat}>{t(`ticket.tab.${chat}`)}</Chip>
}

const priorityTones: Record<Priority, string> = {
  low: 'text-ink-3',
  normal: 'text-ink-2',
  high: 'text-violet',
  critical: 'text-bad font-semibold',
}

/** Priority as a flag and a word. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useLanguage()
  return (
    <span className={classes('inline-flex flex-none items-center gap-1 whitespace-nowrap', priorityTones[priority])}>
      <span aria-hidden="true" className="flex items-end gap-px">
        {[0, 1, 2, 3].map((step) => (
          <i
            key={step}
            className={classes(
              'w-[3px] rounded-sm bg-current',
              step <= ['low', 'normal', 'high', 'critical'].indexOf(priority) ? '' : 'opacity-25',
            )}
            style={{ height: 4 + step * 2 }}
          />
        ))}
      </span>
      {t(`priority.${priority}`)}
    </span>
  )
}
