import { toDate } from '@/lib/format'
import type { InvitesRecord } from '@/lib/pb-types'

export type InviteState = 'open' | 'used' | 'revoked' | 'expired'

/** What has become of an invite. */
export function inviteState(invite: Pick<InvitesRecord, 'used_at' | 'revoked' | 'expires'>, now: Date): InviteState {
  if (invite.used_at) return 'used'
  if (invite.revoked) return 'revoked'
  return toDate(invite.expires) <= now ? 'expired' : 'open'
}
