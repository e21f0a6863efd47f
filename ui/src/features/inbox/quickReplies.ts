import { useQuery } from '@tanstack/react-query'
import { listOptions } from '@/lib/data'
import { api, pb } from '@/lib/pb'
import type { FilesRecord } from '@/lib/pb-types'

/*
 * What is called up by a slash: the member's own quick replies and the shared ones.
 */

/** The quick replies this person can use, by shortcut. Asked for when first needed. */
export function useQuickReplies(me: string, wanted: boolean) {
  const filter = pb.filter("owner = '' || owner = {:me}", { me })
  return useQuery({ ...listOptions('quick_replies', { filter, sort: 'shortcut', perPage: 500 }), enabled: wanted && me !== '', staleTime: 60_000 })
}

/** A quick reply as it reads in a conversation, with copies of its files ready to be sent there. */
export const fillReply = (reply: string, conversation: string): Promise<{ text: string; files: FilesRecord[] }> => api(`/api/recado/quick-replies/${reply}/use`, { body: { conversation } })

/** Whom a note in a conversation can call. */
export function useMentionable(conversation: string, wanted: boolean) {
  return useQuery({
    queryKey: ['members', 'mentionable', conversation],
    enabled: wanted,
    staleTime: 30_000,
    gcTime: 60_000,
    queryFn: ({ signal }) => api<{ items: { id: string; name: string }[] }>(`/api/recado/conversations/${conversation}/mentionable`, { signal }),
  })
}
