import { useId } from 'react'
import { toastError } from '@/lib/toast'
import c from './InlineField.module.css'

/** One of a few values, chosen where it stands. */
export function InlineSelect({ label, value, choices, edit, onSave }: { label: string; value: string; choices: { value: string; label: string }[]; edit: boolean; onSave: (value: string) => Promise<unknown> }) {
  const id = useId()
  // what is stored may not be offered any more
  const shown = choices.some((choice) => choice.value === value) ? choices : [...choices, { value, label: value }]
  return (
    <div className={c.root}>
      <label className={c.label} htmlFor={edit ? id : undefined}>
        {label}
      </label>
      {edit ? (
        <select id={id} className={`${c.value} ${c.select}`} value={value} onChange={(event) => void onSave(event.currentTarget.value).catch(toastError)}>
          {shown.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <div className={c.fixed}>{shown.find((choice) => choice.value === value)?.label || '–'}</div>
      )}
    </div>
  )
}
