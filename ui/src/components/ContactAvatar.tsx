import { useQuery } from '@tanstack/react-query'
import { listOptions } from '@/lib/data'
import { pb } from '@/lib/pb'
import { Avatar } from './Avatar'
import c from './Avatar.module.css'

/** A contact as they show themselves on their channel, else by their initials. Decorative: the name stands beside it. */
export function ContactAvatar({ contact, name, size = 36 }: { contact: string; name: string; size?: number }) {
  const options = listOptions<'contact_photos'>('contact_photos', { filter: pb.filter('contact = {:contact}', { contact }), sort: '-fetched_at', perPage: 1 })
  const data = useQuery({ ...options, enabled: contact !== '', staleTime: 5 * 60_000 }).data?.items[0]?.data
  if (!data?.startsWith('data:image/')) return <Avatar name={name} size={size} />
  return <img src={data} alt="" width={size} height={size} className={c.root} style={{ objectFit: 'cover' }} />
}
