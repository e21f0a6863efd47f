import { Anchor, Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { api } from '@/lib/pb'
import c from './OtherDevice.module.css'

/** Where other devices find this Recado: the address that is set, and those to try, the best first. */
export const addressOptions = () =>
  queryOptions({
    queryKey: ['address'],
    queryFn: ({ signal }) => api<{ url: string; addresses: string[] }>('/api/recado/address', { signal }),
    staleTime: Infinity,
  })

/** A code for the camera of a phone, or what to do where only this machine can open Recado. */
export function OtherDevice() {
  const { t } = useTranslation()
  const { data } = useQuery(addressOptions())
  if (!data) return null
  const [best, ...others] = data.addresses
  if (!best)
    return (
      <Text size="sm" c="dimmed">
        {t('device.none')} {t('device.noneHint')}
      </Text>
    )
  return (
    <div className={c.root}>
      <img src={`/api/recado/address/qr.svg?of=${encodeURIComponent(best)}`} alt={t('device.code', { address: best })} width={132} height={132} className={c.code} />
      <div className={c.words}>
        <Text size="sm" c="dimmed" mb={4}>
          {t('device.text')}
        </Text>
        {[best, ...others].map((address) => (
          <Anchor key={address} href={address} size="sm" target="_blank" rel="noreferrer">
            {address}
          </Anchor>
        ))}
      </div>
    </div>
  )
}
