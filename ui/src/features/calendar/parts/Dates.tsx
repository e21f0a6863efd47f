import '@mantine/dates/styles.layer.css'
import 'dayjs/locale/es'
import 'dayjs/locale/pt-br'
import { DatePicker, DatePickerInput, DatesProvider, type CalendarAriaLabels } from '@mantine/dates'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/format'
import { firstWeekday, utcOf } from '../time/zone'
import c from './Dates.module.css'

/** Months and weekdays in the person's language. */
function Localised({ children }: { children: ReactNode }) {
  const { locale } = useFormat()
  const firstDayOfWeek = firstWeekday(locale) as 0 | 1 | 2 | 3 | 4 | 5 | 6
  return <DatesProvider settings={{ locale: locale.toLowerCase(), firstDayOfWeek, weekendDays: [] }}>{children}</DatesProvider>
}

function useLabels(): CalendarAriaLabels {
  const { t } = useTranslation('calendar')
  return { previousMonth: t('dates.previousMonth'), nextMonth: t('dates.nextMonth'), monthLevelControl: t('dates.chooseMonth'), previousYear: t('dates.previousYear'), nextYear: t('dates.nextYear'), yearLevelControl: t('dates.chooseYear'), previousDecade: t('dates.previousYears'), nextDecade: t('dates.nextYears') }
}

/** A month to choose a day from; days are YYYY-MM-DD. `marked` stands out: the days on screen. */
export function MonthGrid({ value, marked, today, onChange }: { value: string; marked: string[]; today: string; onChange: (day: string) => void }) {
  const labels = useLabels()
  return (
    <Localised>
      <DatePicker
        key={value.slice(0, 7)}
        size="xs"
        className={c.month}
        defaultDate={value}
        value={value}
        onChange={(day) => onChange(day ?? value)}
        ariaLabels={labels}
        getDayProps={(day) => ({ 'data-marked': marked.includes(day) || undefined, 'data-now': day === today || undefined })}
      />
    </Localised>
  )
}

/** A field for a day. */
export function DayField({ label, value, onChange, required, error }: { label: string; value: string; onChange: (day: string) => void; required?: boolean; error?: ReactNode }) {
  const { locale } = useFormat()
  const labels = useLabels()
  return (
    <Localised>
      <DatePickerInput
        size="sm"
        label={label}
        value={value || null}
        required={required ?? false}
        error={error}
        valueFormatter={({ date }) => (typeof date === 'string' ? dayText(locale, date) : '')}
        onChange={(day) => day && onChange(day)}
        ariaLabels={labels}
        classNames={{ calendarHeader: c.header!, day: c.day! }}
        popoverProps={{ withinPortal: true, zIndex: 400 }}
      />
    </Localised>
  )
}

/** Sat, 21 Nov 2026 */
export function dayText(locale: string, day: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(utcOf(day))
}
