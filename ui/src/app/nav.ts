import { IconAddressBook, IconBolt, IconBook2, IconBuilding, IconCalendar, IconCalendarShare, IconCalendarTime, IconChartBar, IconForms, IconHistory, IconInbox, IconKey, IconMail, IconMessageCircle, IconServer, IconSettings, IconShieldCog, IconShieldLock, IconSparkles, IconStack2, IconTag, IconTags, IconUserCircle, IconUsers, IconWorld, type Icon } from '@tabler/icons-react'

interface NavItem {
  /** Names the text nav.<key>. */
  key: string
  to: string
  icon: Icon
  /** Only shown to members who hold it. */
  permission?: string
  hotkey?: string
}

/** The main areas, in the order they are shown. */
export const NAV: NavItem[] = [
  { key: 'inbox', to: '/c/$company/inbox/{-$conversation}', icon: IconInbox, hotkey: 'g i' },
  { key: 'calendar', to: '/c/$company/calendar', icon: IconCalendar, hotkey: 'g c' },
  { key: 'contacts', to: '/c/$company/contacts/{-$contact}', icon: IconAddressBook, permission: 'contacts.view_own', hotkey: 'g p' },
  { key: 'reports', to: '/c/$company/reports', icon: IconChartBar, permission: 'reports.view', hotkey: 'g r' },
  { key: 'settings', to: '/c/$company/settings', icon: IconSettings, hotkey: 'g s' },
]

/** The screens of the settings. */
export const SETTINGS: NavItem[] = [
  { key: 'profile', to: '/c/$company/settings/profile', icon: IconUserCircle },
  { key: 'security', to: '/c/$company/settings/security', icon: IconShieldLock },
  { key: 'company', to: '/c/$company/settings/company', icon: IconBuilding, permission: 'company.manage' },
  { key: 'members', to: '/c/$company/settings/members', icon: IconUsers },
  { key: 'roles', to: '/c/$company/settings/roles', icon: IconShieldCog, permission: 'members.manage' },
  { key: 'keys', to: '/c/$company/settings/keys', icon: IconKey, permission: 'members.manage' },
  { key: 'queues', to: '/c/$company/settings/queues', icon: IconStack2, permission: 'channels.manage' },
  { key: 'quickReplies', to: '/c/$company/settings/quick-replies', icon: IconBolt },
  { key: 'tags', to: '/c/$company/settings/tags', icon: IconTag, permission: 'contacts.manage' },
  { key: 'fields', to: '/c/$company/settings/fields', icon: IconForms, permission: 'contacts.manage' },
  { key: 'channels', to: '/c/$company/settings/channels/{-$channel}', icon: IconMessageCircle, permission: 'channels.manage' },
  { key: 'agents', to: '/c/$company/settings/ai-agents', icon: IconSparkles, permission: 'agents.manage' },
  { key: 'knowledge', to: '/c/$company/settings/knowledge', icon: IconBook2, permission: 'agents.manage' },
  { key: 'mails', to: '/c/$company/settings/mails', icon: IconMail, permission: 'company.manage' },
  { key: 'agendas', to: '/c/$company/settings/agendas/{-$agenda}', icon: IconCalendarTime, permission: 'agenda.manage' },
  { key: 'services', to: '/c/$company/settings/services/{-$service}', icon: IconTags, permission: 'agenda.manage' },
  { key: 'booking', to: '/c/$company/settings/booking', icon: IconCalendarShare, permission: 'company.manage' },
  { key: 'address', to: '/c/$company/settings/address', icon: IconWorld, permission: 'company.manage' },
  { key: 'audit', to: '/c/$company/settings/audit', icon: IconHistory, permission: 'company.manage' },
  { key: 'system', to: '/c/$company/settings/system', icon: IconServer, permission: 'company.manage' },
]
