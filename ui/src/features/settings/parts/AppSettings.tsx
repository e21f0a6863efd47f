import { NativeSelect, Select, Stack, Switch } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { useCompany, useMe } from '@/lib/company'
import { timeZones } from '@/lib/guess'
import { usePreferences, type View } from '@/lib/preferences'
import c from '../Settings.module.css'

const VIEWS: View[] = ['inbox', 'board', 'calendar', 'contacts', 'reports']
const SIZES = [0, 10, 25, 50, 100, 200]

/** How the screens and exports look. Each choice is saved by itself. */
export function AppSettings() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const { preferences, change } = usePreferences()
  const zones = useMemo(() => timeZones(), [])
  const zone = useCompany()?.timezone ?? ''
  return (
    <Section title={t('work.title')} text={t('work.text')}>
      <Stack gap="md">
        <div className={c.pair}>
          <NativeSelect
            label={t('work.view')}
            data={VIEWS.filter((view) => view !== 'reports' || can('reports.view') || preferences.default_view === view).map((view) => ({ value: view, label: view === 'board' ? t('work.board') : t(`app:nav.${view}`) }))}
            value={preferences.default_view}
            onChange={(event) => change('default_view', event.currentTarget.value as View)}
          />
          <NativeSelect
            label={t('work.items')}
            data={SIZES.map((count) => ({ value: String(count), label: count ? String(count) : t('work.itemsOwn') }))}
            value={String(preferences.items_per_page)}
            onChange={(event) => change('items_per_page', Number(event.currentTarget.value))}
          />
          <NativeSelect
            label={t('work.format')}
            data={[
              { value: 'csv', label: 'CSV' },
              { value: 'xlsx', label: 'Excel' },
            ]}
            value={preferences.export_format}
            onChange={(event) => change('export_format', event.currentTarget.value as 'csv' | 'xlsx')}
          />
          <Select
            label={t('work.zone')}
            placeholder={zone}
            description={t('work.zoneHint')}
            searchable
            clearable
            limit={60}
            nothingFoundMessage={t('company.nothing')}
            data={zones}
            value={preferences.timezone || null}
            onChange={(value) => change('timezone', value ?? '')}
          />
        </div>
        <Switch label={t('work.notes')} description={t('work.notesHint')} checked={preferences.export_notes} onChange={(event) => change('export_notes', event.currentTarget.checked)} />
        <Switch label={t('work.compact')} description={t('work.compactHint')} checked={preferences.compact_mode} onChange={(event) => change('compact_mode', event.currentTarget.checked)} />
        <Switch label={t('work.save')} description={t('work.saveHint')} checked={preferences.auto_save} onChange={(event) => change('auto_save', event.currentTarget.checked)} />
      </Stack>
    </Section>
  )
}
