import { addDays, dayOf, wallMinutes, wallToInstant, weekdayOf } from '@/features/calendar/time/zone'

export type SnoozePreset = 'later' | 'tomorrow' | 'nextWeek'

const MORNING = 9 * 60

/** The times a conversation is put off to most often, soonest first, on the company's wall clock. Late in the day there is no later today. */
export function snoozePresets(now: number, zone: string): { preset: SnoozePreset; at: number }[] {
  const today = dayOf(zone, now)
  // three hours on, at a full half hour
  const later = Math.ceil((wallMinutes(zone, today, now) + 180) / 30) * 30
  const tomorrow = addDays(today, 1)
  const monday = addDays(today, (8 - weekdayOf(today)) % 7 || 7)
  return [
    ...(later <= 20 * 60 ? [{ preset: 'later' as const, at: wallToInstant(zone, today, later) }] : []),
    { preset: 'tomorrow', at: wallToInstant(zone, tomorrow, MORNING) },
    // on a Sunday the week begins tomorrow already
    { preset: 'nextWeek', at: wallToInstant(zone, monday === tomorrow ? addDays(monday, 7) : monday, MORNING) },
  ]
}

/** The instant that a day and a time of the pickers mean; NaN while one is missing or there is no such time. */
export function pickedInstant(day: string, time: string, zone: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return day && time ? wallToInstant(zone, day, hours! * 60 + minutes!) : Number.NaN
}
