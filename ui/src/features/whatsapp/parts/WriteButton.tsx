import { Button, type ButtonProps } from '@mantine/core'
import { IconBrandWhatsapp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'

const NewConversation = lazy(() => import('../NewConversation'))

/** Begins a conversation with someone on WhatsApp; there where a number is linked and the person has a phone. */
export function WriteButton({ person, ...props }: { person: { id: string; name: string; phone: string } | undefined } & ButtonProps) {
  const { t } = useTranslation()
  const { can } = useMe()
  const linked = useQuery(listOptions('channels', { sort: 'name' })).data?.items.some((channel) => channel.kind === 'whatsapp' && channel.active && channel.number !== '')
  const [open, setOpen] = useState(false)
  if (!linked || !person?.phone || !can('inbox.reply')) return null
  return (
    <>
      <Button variant="default" leftSection={<IconBrandWhatsapp size={16} />} onClick={() => setOpen(true)} {...props}>
        {t('write.onWhatsApp')}
      </Button>
      {open && (
        <Suspense>
          <NewConversation person={person} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
