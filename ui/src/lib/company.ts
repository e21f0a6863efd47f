import { queryOptions, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { pb, userId } from './pb'
import type { CompaniesRecord, MembersRecord, RolesRecord, UsersRecord } from './pb-types'

export type Membership = MembersRecord & { expand?: { company?: CompaniesRecord; role?: RolesRecord } }

/** Every company the signed-in person works in. Asked without ?company=: these are the person's own rows. */
export const membershipsOptions = () =>
  queryOptions({
    queryKey: ['members', 'mine', userId()],
    queryFn: ({ signal }) =>
      pb.collection('members').getFullList<Membership>({
        filter: pb.filter('user = {:user} && active = true', { user: userId() }),
        expand: 'company',
        query: { company: '' },
        signal,
      }),
    staleTime: Infinity,
  })

/** The open company. */
export const companyOptions = (id: string) =>
  queryOptions({
    queryKey: ['companies', 'one', id],
    queryFn: ({ signal }) => pb.collection('companies').getOne<CompaniesRecord>(id, { signal }),
    enabled: id !== '',
    staleTime: Infinity,
  })

/** The signed-in person's membership of a company, or null when there is none (any more). */
export const meOptions = (company: string) =>
  queryOptions({
    queryKey: ['members', 'me', company],
    queryFn: async ({ signal }) => {
      const filter = pb.filter('user = {:user} && company = {:company} && active = true', { user: userId(), company })
      const found = await pb.collection('members').getList<Membership>(1, 1, { filter, expand: 'role', signal })
      return found.items[0] ?? null
    },
    enabled: company !== '',
    staleTime: Infinity,
  })

export const userOptions = () =>
  queryOptions({
    queryKey: ['users', 'one', userId()],
    queryFn: ({ signal }) => pb.collection('users').getOne<UsersRecord>(userId(), { signal }),
    enabled: userId() !== '',
    staleTime: Infinity,
  })

/** The id of the company in the address; '' outside of one. */
export function useCompanyId(): string {
  return useParams({ strict: false, select: (params: { company?: string }) => params.company ?? '' })
}

export function useCompany(): CompaniesRecord | undefined {
  return useQuery(companyOptions(useCompanyId())).data
}

export function permissionsOf(member: { permissions: unknown } | null | undefined): string[] {
  return Array.isArray(member?.permissions) ? (member.permissions as string[]) : []
}

/** Who I am here and what I may do. `can('inbox.reply')` asks for one effective permission. */
export function useMe(): { member: Membership | null | undefined; can(permission: string): boolean } {
  const { data: member } = useQuery(meOptions(useCompanyId()))
  const held = permissionsOf(member)
  return { member, can: (permission) => held.includes(permission) }
}
