import { priorities } from '#common/domain/ticket.ts'
import { useLanguage } from '../../i18n/language.tsx'
import { controlClasses, Field } from '../common/field.tsx'
import { useWatched } from '../common/use-watched.ts'
import { useShell } from '../shell/shell-context.tsx'
import {
  fieldLimits,
  isPriority,
  type FormError,
  type FormField,
  type FormValues,
  type TextField,
} from './ticket-form-values.ts'

type TicketFormFieldsProps = {
  values: FormValues
  errors: readonly FormError[]
  onChange(changed: Partial<FormValues>): void
}

/** Controls of a ticket's fields in two columns. */
export function TicketFormFields({ values, errors, onChange }: TicketFormFieldsProps) {
  const { t } = useLanguage()
  const { account } = useShell()
  // A customer opens tickets for themselves and their own company; the server knows both.
  const forOthers = account.kind === 'employee'
  const customers = (useWatched('people', null) ?? []).filter((person) => person.kind === 'customer' && person.active)

  const errorText = (field: FormField): string | undefined => {
    const error = errors.find((each) => each.field === field)
    if (!error) return undefined
    if (error.kind === 'required') return t('form.error.title')
    if (error.kind === 'incomplete') return t('form.error.due')
    return error.kind === 'too-long'
      ? t('form.error.long', { max: fieldLimits[field as TextField] })
      : t('form.error.field')
  }

  const text = (name: TextField, options: { required?: boolean; tall?: boolean; wide?: boolean } = {}) => (
    <Field
      label={t(`field.${name}`)}
      error={errorText(name)}
      required={options.required ? t('form.required') : undefined}
      className={options.wide ? 'medium:col-span-2' : ''}
    >
      {(attributes) =>
        options.tall ? (
          <textarea
            {...attributes}
            name={name}
            rows={4}
            value={values[name]}
            onChange={(event) => onChange({ [name]: event.target.value })}
            className={`${controlClasses} h-auto! resize-y py-1.5`}
          />
        ) : (
          <input
            {...attributes}
            name={name}
            type={name === 'contactPhone' ? 'tel' : 'text'}
            value={values[name]}
            onChange={(event) => onChange({ [name]: event.target.value })}
            className={controlClasses}
          />
        )
      }
    </Field>
  )

  return (
    <div className="grid gap-x-4 gap-y-3.5 medium:grid-cols-2">
      {text('title', { required: true, wide: true })}
      {text('description', { tall: true, wide: true })}
      <Field label={t('field.priority')} error={errorText('priority')}>
        {(attributes) => (
          <select
            {...attributes}
            name="priority"
            value={values.priority}
            onChange={(event) =>
              isPriority(event.target.value) ? onChange({ priority: event.target.value }) : undefined
            }
            className={controlClasses}
          >
            {priorities.map((priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('field.dueAt')} error={errorText('dueAt')}>
        {(attributes) => (
          <input
            {...attributes}
            name="dueAt"
            type="datetime-local"
            value={values.dueAt}
            onChange={(event) => onChange({ dueAt: event.target.value })}
            className={controlClasses}
          />
        )}
      </Field>
      {text('type')}
      {text('workType')}
      {forOthers ? text('company') : null}
      {forOthers && customers.length > 0 ? (
        <Field label={t('field.customerId')} error={errorText('customerId')}>
          {(attributes) => (
            <select
              {...attributes}
              name="customerId"
              value={values.customerId}
              onChange={(event) => onChange({ customerId: event.target.value })}
              className={controlClasses}
            >
              {/* The server keeps the customer a ticket has: the schema has no value for «nobody». */}
              {values.customerId === '' ? <option value="">{t('form.choose')}</option> : null}
              {customers.map((person) => (
                <option key={person.id} value={person.id}>
                  {[person.name, person.detail].filter(Boolean).join(' · ')}
                </option>
              ))}
            </select>
          )}
        </Field>
      ) : null}
      {text('site')}
      {text('address')}
      {text('asset')}
      {text('district')}
      {text('contactName')}
      {text('contactPhone')}
    </div>
  )
}
