import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { PageError } from '@/components/ErrorState'
import { NotFound } from '@/components/NotFound'
import { PageSkeleton } from '@/components/PageSkeleton'
import { meOptions, membershipsOptions, userOptions } from '@/lib/company'
import { i18n } from '@/lib/i18n'
import { isSignedIn, returnPath } from '@/lib/pb'
import { preferencesOf, type View } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { lastCompany, rememberCompany, setupState } from './start'
import { Shell } from './Shell'

/*
 * The only list of routes. Pages are the only lazy boundary; each brings the texts of its feature along.
 */

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: PageError,
})

/** The lazy page of a route, with the namespace of its texts fetched beside it. */
function page(namespace: string | string[], load: () => Promise<{ default: React.ComponentType }>) {
  const component = lazyRouteComponent(load)
  return {
    component,
    pendingComponent: PageSkeleton,
    loader: () => i18n.loadNamespaces(namespace),
  }
}

/** Where each view is. */
const VIEWS: Record<View, { to: string; search?: object }> = {
  inbox: { to: '/c/$company/inbox/{-$conversation}' },
  board: { to: '/c/$company/inbox/{-$conversation}', search: { board: 'status' } },
  calendar: { to: '/c/$company/calendar' },
  contacts: { to: '/c/$company/contacts/{-$contact}' },
  reports: { to: '/c/$company/reports' },
}

/** The way to the page somebody wants to begin with. */
async function firstPage(company: string) {
  const user = await queryClient.ensureQueryData(userOptions()).catch(() => undefined)
  return redirect({ ...VIEWS[preferencesOf(user).default_view], params: { company }, replace: true } as never)
}

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  async beforeLoad() {
    if (!(await isSignedIn())) {
      throw (await setupState()).needed ? redirect({ to: '/setup', replace: true }) : redirect({ to: '/login', replace: true })
    }
    const memberships = await queryClient.ensureQueryData(membershipsOptions())
    const company = memberships.find((member) => member.company === lastCompany())?.company ?? memberships[0]?.company
    if (company) throw await firstPage(company)
  },
  ...page('auth', () => import('@/features/auth/NoCompanyPage')),
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { return?: string } => (typeof search.return === 'string' ? { return: search.return } : {}),
  async beforeLoad() {
    if (await isSignedIn()) throw redirect({ to: '/', replace: true })
    if ((await setupState()).needed) throw redirect({ to: '/setup', replace: true })
  },
  ...page('auth', () => import('@/features/auth/LoginPage')),
})

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  async beforeLoad({ cause }) {
    // only on the way in: the wizard's last page stays when set-up is done
    if (cause !== 'stay' && !(await setupState()).needed) throw redirect({ to: '/', replace: true })
  },
  ...page('setup', () => import('@/features/setup/SetupPage')),
})

const invite = createRoute({ getParentRoute: () => root, path: '/invite/$token', ...page('auth', () => import('@/features/auth/InvitePage')) })

const admin = createRoute({ getParentRoute: () => root, path: '/admin', ...page('admin', () => import('@/features/admin/AdminPage')) })

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: (search): { code?: string } => (typeof search.code === 'string' ? { code: search.code } : {}),
  ...page(['companies', 'auth'], () => import('@/features/auth/JoinPage')),
})

/** What mailed links and providers lead to, and the ways to an account. */
const entrances = [
  createRoute({ getParentRoute: () => root, path: '/signup', ...page('auth', () => import('@/features/auth/SignupPage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/signup', ...page('auth', () => import('@/features/auth/SignupPage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/reset', ...page('auth', () => import('@/features/auth/ResetPage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/email', ...page('auth', () => import('@/features/auth/EmailPage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/verify', ...page('auth', () => import('@/features/auth/EmailPage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/not-me', ...page('auth', () => import('@/features/auth/NotMePage')) }),
  createRoute({ getParentRoute: () => root, path: '/auth/oauth', ...page('auth', () => import('@/features/auth/ProviderPage')) }),
]

const company = createRoute({
  getParentRoute: () => root,
  path: '/c/$company',
  component: Shell,
  pendingComponent: PageSkeleton,
  async beforeLoad({ params }) {
    if (!(await isSignedIn())) throw redirect({ to: '/login', search: returnPath() ? { return: returnPath() } : {}, replace: true })
    const me = await queryClient.ensureQueryData(meOptions(params.company))
    if (!me) throw redirect({ to: '/', replace: true })
    rememberCompany(params.company)
  },
})

const companyHome = createRoute({
  getParentRoute: () => company,
  path: '/',
  async beforeLoad({ params }) {
    throw await firstPage(params.company)
  },
})

const inbox = createRoute({
  getParentRoute: () => company,
  path: '/inbox/{-$conversation}',
  ...page('inbox', () => import('@/features/inbox/InboxPage')),
})

const contacts = createRoute({
  getParentRoute: () => company,
  path: '/contacts/{-$contact}',
  ...page('contacts', () => import('@/features/contacts/ContactsPage')),
})

const calendar = createRoute({
  getParentRoute: () => company,
  path: '/calendar',
  ...page('calendar', () => import('@/features/calendar/CalendarPage')),
})

const contactsImport = createRoute({
  getParentRoute: () => company,
  path: '/contacts/import/{-$import}',
  ...page('import', () => import('@/features/import/ImportPage')),
})

const reach = createRoute({
  getParentRoute: () => company,
  path: '/calendar/reach',
  ...page('reach', () => import('@/features/reach/ReachPage')),
})

const reports = createRoute({
  getParentRoute: () => company,
  path: '/reports',
  ...page('reports', () => import('@/features/reports/ReportsPage')),
})

const settings = createRoute({
  getParentRoute: () => company,
  path: '/settings',
  ...page('settings', () => import('@/features/settings/SettingsLayout')),
})

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  ...page('settings', () => import('@/features/settings/SettingsHome')),
})

const settingsPages = [
  createRoute({ getParentRoute: () => settings, path: '/profile', ...page('settings', () => import('@/features/settings/ProfilePage')) }),
  createRoute({ getParentRoute: () => settings, path: '/security', ...page('security', () => import('@/features/security/SecurityPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/company', ...page(['settings', 'companies'], () => import('@/features/settings/CompanyPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/members', ...page(['settings', 'people', 'permissions'], () => import('@/features/settings/MembersPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/roles', ...page(['people', 'permissions'], () => import('@/features/people/RolesPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/keys', ...page(['security', 'permissions'], () => import('@/features/security/KeysPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/ai-agents', ...page('agents', () => import('@/features/agents/AgentsPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/knowledge', ...page('knowledge', () => import('@/features/knowledge/KnowledgePage')) }),
  createRoute({ getParentRoute: () => settings, path: '/ai-agents/playground/$agent', ...page(['rehearsal', 'agents'], () => import('@/features/rehearsal/PlaygroundPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/ai-agents/evaluations/$agent', ...page(['rehearsal', 'agents'], () => import('@/features/rehearsal/EvaluationsPage')) }),
  createRoute({
    getParentRoute: () => settings,
    path: '/ai-agents/replay/$conversation',
    validateSearch: (search): { agent?: string } => (typeof search.agent === 'string' ? { agent: search.agent } : {}),
    ...page(['rehearsal', 'agents'], () => import('@/features/rehearsal/ReplayPage')),
  }),
  createRoute({ getParentRoute: () => settings, path: '/audit', ...page('audit', () => import('@/features/audit/AuditPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/mails', ...page('mails', () => import('@/features/mails/MailsPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/queues', ...page('settings', () => import('@/features/settings/QueuesPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/tags', ...page('settings', () => import('@/features/settings/TagsPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/fields', ...page('settings', () => import('@/features/settings/FieldsPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/quick-replies', ...page('settings', () => import('@/features/settings/QuickRepliesPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/channels/{-$channel}', ...page('settings', () => import('@/features/settings/ChannelsPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/agendas/{-$agenda}', ...page('agendas', () => import('@/features/agenda-settings/AgendasPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/services/{-$service}', ...page('agendas', () => import('@/features/agenda-settings/ServicesPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/booking', ...page('agendas', () => import('@/features/agenda-settings/BookingPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/address', ...page('settings', () => import('@/features/settings/AddressPage')) }),
  createRoute({ getParentRoute: () => settings, path: '/system', ...page('system', () => import('@/features/system/SystemPage')) }),
]

const routeTree = root.addChildren([
  home,
  login,
  setup,
  invite,
  join,
  admin,
  ...entrances,
  company.addChildren([companyHome, inbox, calendar, reach, contacts, contactsImport, reports, settings.addChildren([settingsHome, ...settingsPages])]),
])

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  defaultErrorComponent: PageError,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
