import { Modal, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import type { AgendasRecord } from '@/lib/pb-types'
import type { Appointment } from '../model'
import { BlockForm } from './BlockForm'
import { BookForm, type Asked } from './BookForm'

/** An appointment, or time that is kept free of them. */
export default function NewDialog({ asked, end, block, agendas, phone, onDone, onClose }: { asked: Asked; end: number | undefined; block: boolean; agendas: AgendasRecord[]; phone: boolean; onDone: (made?: Appointment) => void; onClose: () => void }) {
  const { t } = useTranslation('calendar')
  const [kind, setKind] = useState<'book' | 'block'>(block ? 'block' : 'book')
  return (
    <Modal opened onClose={onClose} title={t(`new.${kind}`)} size="lg" fullScreen={phone} zIndex={300} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {!asked.contact && (
        <SegmentedControl
          fullWidth
          mb="md"
          aria-label={t('new.what')}
          value={kind}
          onChange={(value) => setKind(value)}
          data={[
            { value: 'book', label: t('new.appointment') },
            { value: 'block', label: t('new.blocked') },
          ]}
        />
      )}
      {kind === 'book' ? (
        <BookForm asked={asked} agendas={agendas} onDone={onDone} onCancel={onClose} />
      ) : (
        <BlockForm agendas={agendas} first={asked.agendas?.[0]} start={asked.start} end={end} day={asked.day} onDone={onDone} onCancel={onClose} />
      )}
    </Modal>
  )
}
