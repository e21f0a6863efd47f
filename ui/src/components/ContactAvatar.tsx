import { useQuery } from '@tanstack/react-query'
import { keys } from '@/lib/data'
import { pb } from '@/lib/pb'
import type { Collections } from '@/lib/pb-types'
import { together } from '@/lib/together'
import { Avatar } from './Avatar'
import c from './Avatar.module.css'

type Photo = Collections['contact_photos']

/** A list draws many contacts at once: their pictures come with one answer. */
const photosOf = together(40, async (contacts): Promise<Map<string, Photo[]>> => {
  const filter = contacts.map((contact) => pb.filter('contact = {:contact}', { contact })).join(' || ')
  const { items } = await pb.collection('contact_photos').getList<Photo>(1, 200, { filter, skipTotal: true })
  items.sort((a, b) => (a.fetched_at < b.fetched_at ? 1 : -1))
  return new Map(contacts.map((contact) => [contact, items.filter((photo) => photo.contact === contact)]))
})

/** A contact as they show themselves on their channel, else by their initials. Decorative: the name stands beside it. Without a contact it is the initials. */
export function ContactAvatar({ contact, name, size = 36 }: { contact: string; name: string; size?: number }) {
  const photos = useQuery({
    queryKey: keys.list('contact_photos', { contact }),
    queryFn: async () => (await photosOf(contact)) ?? [],
    enabled: contact !== '',
    staleTime: 5 * 60_000,
  }).data
  const data = photos?.[0]?.data
  if (!data?.startsWith('data:image/')) return <Avatar name={name} size={size} />
  return <img src={data} alt="" width={size} height={size} className={c.root} style={{ objectFit: 'cover' }} />
}
