import type { Window } from '@/lib/hours'
import type { Lang } from '@/lib/i18n'
import { toMinor } from '@/lib/money'
import type { ChannelsRecord, CompaniesRecord, UsersRecord } from '@/lib/pb-types'

/** What the wizard asks, as its fields hold it. */
export interface Draft {
  code: string
  owner: { name: string; email: string; password: string }
  company: { name: string; kind: string; kind_other: string; timezone: string; locale: Lang; currency: string }
  agenda: { name: string; hours: Window[]; service: { name: string; duration: number; price: string } }
  widget: { color: string; title: string }
}

/** What set-up answers: the sign-in, what was made, and the superuser's password, this once. */
export interface Answer {
  token: string
  record: UsersRecord
  company: CompaniesRecord
  channel: ChannelsRecord
  superuser: { email: string; password: string }
}

/** The draft as POST /api/recado/setup takes it. */
export function setupBody(draft: Draft, defaultAgenda: string): object {
  const { code, owner, company, agenda, widget } = draft
  const price = toMinor(agenda.service.price, company.currency)
  return {
    ...(code.trim() ? { code: code.trim() } : {}),
    owner: { name: owner.name.trim(), email: owner.email.trim(), password: owner.password },
    company: { ...company, name: company.name.trim(), kind_other: company.kind === 'other' ? company.kind_other.trim() : '' },
    agenda: {
      name: agenda.name.trim() || owner.name.trim() || defaultAgenda,
      hours: agenda.hours,
      service: { name: agenda.service.name.trim(), duration: agenda.service.duration, ...(price === undefined ? {} : { price }) },
    },
    widget: { color: widget.color, title: widget.title.trim() || company.name.trim() },
  }
}
