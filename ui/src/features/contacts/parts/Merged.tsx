import { Button } from '@mantine/core'
import { IconArrowMerge } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { ContactMergesRecord, ContactsRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import { undoMerge, useContact, useDuplicates, useMembers, useMerges } from '../api'
import { nameOf } from '../words'
import c from './Details.module.css'

const Merge = lazy(() => import('./Merge'))

/** Who a contact may be twice, and who became part of it and can be taken apart again. `choosing` is the wish to name someone. */
export function Merged({ contact, edit, choosing, onChosen }: { contact: ContactsRecord; edit: boolean; choosing: boolean; onChosen: () => void }) {
  const { t } = useTranslation('contacts')
  const likely = useDuplicates(contact.id, edit).data?.items ?? []
  const merges = useMerges(contact.id).data?.items ?? []
  const [first, setFirst] = useState<ContactsRecord>()
  const open = choosing || first !== undefined

  return (
    <>
      {likely.length > 0 && (
        <section className={c.section} aria-label={t('merge.maybe')}>
          <h3>{t('merge.maybe')}</h3>
          <ul className={c.list}>
            {likely.slice(0, 3).map(({ contact: other, reasons }) => (
              <li key={other.id} className={c.identity}>
                <span className="line" data-user-text>
                  {nameOf(other, t)} <span className={c.dim}>{reasons.map((reason) => t(`merge.because.${reason}`)).join(' · ')}</span>
                </span>
                <Button variant="default" size="compact-sm" leftSection={<IconArrowMerge size={14} stroke={1.6} />} aria-label={t('merge.with', { name: nameOf(other, t) })} onClick={() => setFirst(other)}>
                  {t('merge.confirm')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {merges.length > 0 && (
        <section className={c.section} aria-label={t('merge.parts')}>
          <h3>{t('merge.parts')}</h3>
          <ul className={c.list}>
            {merges.map((merge) => (
              <Part key={merge.id} merge={merge} edit={edit} />
            ))}
          </ul>
        </section>
      )}
      {open && (
        <Suspense fallback={null}>
          <Merge
            key={first?.id ?? ''}
            contact={contact}
            first={first}
            open
            onClose={() => {
              setFirst(undefined)
              onChosen()
            }}
          />
        </Suspense>
      )}
    </>
  )
}

/** Someone who became part of the contact. */
function Part({ merge, edit }: { merge: ContactMergesRecord; edit: boolean }) {
  const { t } = useTranslation('contacts')
  const format = useFormat()
  const members = useMembers()
  const other = merge.expand?.merged
  const name = other ? nameOf(other, t) : merge.merged
  return (
    <li className={c.identity}>
      <span className="line">
        <span data-user-text>{name}</span> <span className={c.dim}>{merge.reason === 'revealed' ? t('merge.revealed', { date: format.date(merge.created) }) : t('merge.by', { name: members.name(merge.member) || t('owner.former'), date: format.date(merge.created) })}</span>
      </span>
      {edit && (
        <Button variant="default" size="compact-sm" aria-label={t('merge.apart', { name })} onClick={() => void undoMerge(merge).then(() => toast(t('merge.undone'))).catch(toastError)}>
          {t('undo')}
        </Button>
      )}
    </li>
  )
}

/** What is said of a contact in the bin that is part of another one. */
export function PartOf({ id, company }: { id: string; company: string }) {
  const { t } = useTranslation('contacts')
  const whole = useContact(id).data
  return (
    <div className={c.binned} role="status">
      <span>{t('merge.partOf')}</span>
      <Link to="/c/$company/contacts/{-$contact}" params={{ company, contact: id }} className={c.link} data-user-text>
        {whole ? nameOf(whole, t) : '…'}
      </Link>
    </div>
  )
}
