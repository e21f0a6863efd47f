import { Checkbox, NativeSelect, Text } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { ACTIONS, NOUNS, reachOf, withReach, type Reach } from '@/lib/permissions'
import c from './PermissionMatrix.module.css'

interface Props {
  held: string[]
  onChange(held: string[]): void
  /** What the person may give; the rest can't be changed. */
  may(permission: string): boolean
  readOnly?: boolean
}

/** What someone may do: how far they see and edit, and what else. The texts are those of the `permissions` namespace. */
export function PermissionMatrix(props: Props) {
  const { held, onChange, may, readOnly = false } = props
  const { t } = useTranslation('permissions')
  return (
    <div className={c.root}>
      {NOUNS.map((noun) => (
        <fieldset key={noun} className={c.noun}>
          <legend>{t(`noun_${noun}`)}</legend>
          <div className={c.reaches}>
            {(['view', 'edit'] as const).map((verb) => {
              const now = reachOf(held, noun, verb)
              return (
                <NativeSelect
                  key={verb}
                  label={t(verb)}
                  disabled={readOnly || (now !== '' && !may(`${noun}.${verb}_${now}`))}
                  data={(['', 'own', 'team', 'all'] as Reach[]).map((reach) => ({ value: reach, label: t(`reach_${reach || 'none'}`), disabled: reach !== '' && !may(`${noun}.${verb}_${reach}`) }))}
                  value={now}
                  onChange={(event) => onChange(withReach(held, noun, verb, event.currentTarget.value as Reach))}
                />
              )
            })}
          </div>
          <Actions {...props} list={ACTIONS[noun]!} />
        </fieldset>
      ))}
      <fieldset className={c.noun}>
        <legend>{t('noun_rest')}</legend>
        <Actions {...props} list={ACTIONS.rest!} />
      </fieldset>
      <Text size="xs" c="dimmed">
        {t('team')}
      </Text>
    </div>
  )
}

function Actions({ list, held, onChange, may, readOnly }: Props & { list: string[] }) {
  const { t } = useTranslation('permissions')
  return (
    <div className={c.actions}>
      {list.map((permission) => (
        <Checkbox
          key={permission}
          label={t(`action.${permission.replace('.', '_')}`)}
          checked={held.includes(permission)}
          disabled={readOnly || !may(permission)}
          onChange={(event) => onChange(event.currentTarget.checked ? [...held, permission] : held.filter((one) => one !== permission))}
        />
      ))}
    </div>
  )
}
