import type { ChannelsRecord } from '@/lib/pb-types'

interface Settings {
  title?: string
  greeting?: string
  color?: string
  locale?: string
  privacy_url?: string
  consent?: { mode?: string; text?: string; address?: boolean }
  auto_close_hours?: number
  auto_close_text?: string
}

const settingsOf = (channel: ChannelsRecord): Settings => (channel.settings as Settings | null) ?? {}

/** An origin from what someone pasted: https://example.com from https://example.com/page?x, or '' when it is none. */
export function originOf(text: string): string {
  const address = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(address)) return ''
  const { origin, protocol, hostname } = new URL(address)
  return /^https?:$/.test(protocol) && hostname ? origin : ''
}

/** The record as the form's fields hold it. */
export function channelValues(channel: ChannelsRecord) {
  const settings = settingsOf(channel)
  return {
    name: channel.name,
    answerer: channel.answerer || 'bot',
    queue: channel.queue,
    agent: channel.agent,
    active: channel.active,
    origins: Array.isArray(channel.origins) ? (channel.origins as string[]) : [],
    title: settings.title ?? '',
    greeting: settings.greeting ?? '',
    color: settings.color || '#0b7450',
    locale: settings.locale || 'en',
    privacy_url: settings.privacy_url ?? '',
    consent_mode: settings.consent?.mode ?? '',
    consent_text: settings.consent?.text ?? '',
    consent_address: settings.consent?.address ?? false,
    auto_close_hours: settings.auto_close_hours ?? 0,
    auto_close_text: settings.auto_close_text ?? '',
  }
}

/** The form's fields as the API takes them; settings this screen does not know are kept. */
export function channelBody(channel: ChannelsRecord, values: ReturnType<typeof channelValues>): Partial<ChannelsRecord> {
  const { name, answerer, queue, agent, active, origins, consent_mode, consent_text, consent_address, ...settings } = values
  return {
    name: name.trim(),
    answerer,
    queue,
    agent,
    active,
    origins: [...new Set(origins.map(originOf))].filter(Boolean),
    settings: { ...settingsOf(channel), ...settings, title: settings.title.trim(), greeting: settings.greeting.trim(), privacy_url: settings.privacy_url.trim(), auto_close_hours: settings.auto_close_hours || 0, auto_close_text: settings.auto_close_text.trim(), consent: { mode: consent_mode, text: consent_text.trim(), address: consent_address } },
  }
}
