import { CircleAlert, WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLanguage } from '../../i18n/language.tsx'
import { Button } from '../common/button.tsx'
import { EmptyState } from '../common/empty-state.tsx'
import { ListSkeleton } from '../common/list-skeleton.tsx'
import { onlineFailureText, type Asked } from './use-online.ts'

type AskedViewProps<Value> = { asked: Asked<Value>; onRetry(): void; children(value: Value): ReactNode }

/** What the server answered, or that it was not reached, or why it refused. */
export function AskedView<Value>({ asked, onRetry, children }: AskedViewProps<Value>) {
  const { t } = useLanguage()
  if (asked.state === 'asking') return <ListSkeleton />
  if (asked.state === 'answered') return children(asked.value)
  const offline = asked.failure.kind === 'offline'
  return (
    <EmptyState
      icon={offline ? WifiOff : CircleAlert}
      title={t(offline ? 'admin.offline' : 'admin.refused')}
      text={onlineFailureText(t, asked.failure)}
    >
      <Button onClick={onRetry}>{t('common.retry')}</Button>
    </EmptyState>
  )
}
