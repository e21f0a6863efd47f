import { describe, expect, it } from 'vitest'
import { instantAt, makeAxis, positionOf, spanOn } from './axis'
import { gaps, merge, openSpans } from './hours'
import { layOut } from './layout'
import { dragSpan, dropStart, nearest } from './snap'
import { addDays, addMonths, dayOf, dayStart, firstWeekday, isDay, monthOf, offsetAt, wallToInstant, weekdayOf, weekOf } from './zone'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(text)

describe('zone', () => {
  it('goes to the same day of another month', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
    expect(addMonths('2028-01-31', 1)).toBe('2028-02-29')
    expect(addMonths('2026-01-15', -1)).toBe('2025-12-15')
  })

  it('reads offsets across a change of the clock', () => {
    expect(offsetAt('America/Sao_Paulo', at('2026-11-21T12:00:00Z'))).toBe(-3 * HOUR)
    expect(offsetAt('America/New_York', at('2026-03-08T06:59:59Z'))).toBe(-5 * HOUR)
    expect(offsetAt('America/New_York', at('2026-03-08T07:00:00Z'))).toBe(-4 * HOUR)
    expect(offsetAt('Australia/Lord_Howe', at('2026-07-01T00:00:00Z'))).toBe(10.5 * HOUR)
  })

  it('gives a skipped time the moment of the jump, and a repeated one its first', () => {
    expect(wallToInstant('America/New_York', '2026-03-08', 150)).toBe(at('2026-03-08T07:00:00Z'))
    expect(wallToInstant('America/New_York', '2026-03-08', 180)).toBe(at('2026-03-08T07:00:00Z'))
    expect(wallToInstant('America/New_York', '2026-11-01', 90)).toBe(at('2026-11-01T05:30:00Z'))
    expect(wallToInstant('America/New_York', '2026-11-01', 120)).toBe(at('2026-11-01T07:00:00Z'))
  })

  it('is the earliest instant at or past the asked wall clock, minute by minute, and never goes back', () => {
    for (const [zone, day] of [['America/New_York', '2026-03-08'], ['America/New_York', '2026-11-01'], ['Europe/Lisbon', '2026-03-29'], ['Australia/Lord_Howe', '2026-04-05'], ['America/Santiago', '2026-09-06'], ['Africa/Cairo', '2026-04-24']] as const) {
      const midnight = dayStart(zone, day)
      let earliest = midnight
      let before = Number.NEGATIVE_INFINITY
      for (let minute = 0; minute < 1440; minute += 5) {
        const target = Date.parse(`${day}T00:00:00Z`) + minute * 60_000
        while (earliest + offsetAt(zone, earliest) < target) earliest += 60_000
        const found = wallToInstant(zone, day, minute)
        expect(found, `${zone} ${day} ${minute}`).toBe(earliest)
        expect(found).toBeGreaterThanOrEqual(before)
        before = found
      }
    }
  })

  it('starts a day without midnight when it starts', () => {
    expect(dayStart('America/Santiago', '2026-09-06')).toBe(at('2026-09-06T04:00:00Z'))
    expect(dayOf('America/Santiago', at('2026-09-06T03:59:59Z'))).toBe('2026-09-05')
    expect(dayOf('America/Santiago', at('2026-09-06T04:00:00Z'))).toBe('2026-09-06')
  })

  it('counts civil days', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(weekdayOf('2026-11-21')).toBe(6)
    expect(weekOf('2026-11-21', 0)[0]).toBe('2026-11-15')
    expect(weekOf('2026-11-21', 1)).toEqual(['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'])
    expect(weekOf('2026-11-22', 1)[0]).toBe('2026-11-16')
    const february = monthOf('2026-02-14', 0)
    expect([february.length, february[0]![0], february.at(-1)![6]]).toEqual([4, '2026-02-01', '2026-02-28'])
    const november = monthOf('2026-11-21', 1)
    expect([november.length, november[0]![0], november.at(-1)![6]]).toEqual([6, '2026-10-26', '2026-12-06'])
    expect([firstWeekday('pt-BR'), firstWeekday('es')]).toEqual([0, 1])
  })

  it('knows what is no day', () => {
    expect([isDay('2026-02-29'), isDay('2028-02-29'), isDay('21/11/2026'), isDay('2026-13-01')]).toEqual([false, true, false, false])
  })
})

describe('axis', () => {
  it('is the plain wall clock on a plain day', () => {
    const axis = makeAxis('America/Sao_Paulo', ['2026-11-21'])
    const [day] = axis.days
    expect(axis.total).toBe(1440)
    expect(axis.rows).toHaveLength(24)
    expect(day!.holes).toEqual([])
    expect(positionOf(day!, at('2026-11-21T12:30:00Z'), 'start')).toBe(570)
    expect(instantAt(day!, 570)).toBe(at('2026-11-21T12:30:00Z'))
  })

  it('leaves the skipped hour out of its day only', () => {
    const axis = makeAxis('America/New_York', ['2026-03-07', '2026-03-08', '2026-03-09'])
    expect(axis.total).toBe(1440)
    expect(axis.days.map((day) => day.holes)).toEqual([[], [[120, 180]], []])
    const sunday = axis.days[1]!
    // 01:30 EST to 03:30 EDT is one hour; it is drawn over the hole
    expect(spanOn(sunday, at('2026-03-08T06:30:00Z'), at('2026-03-08T07:30:00Z'))).toEqual({ from: 90, to: 210 })
    expect(positionOf(sunday, at('2026-03-08T07:00:00Z'), 'start')).toBe(180)
    expect(positionOf(sunday, at('2026-03-08T07:00:00Z'), 'end')).toBe(120)
    expect(instantAt(sunday, 150)).toBe(at('2026-03-08T07:00:00Z'))
    expect((sunday.end - sunday.start) / HOUR).toBe(23)
  })

  it('has the repeated hour twice, and the second one only on its day', () => {
    const axis = makeAxis('America/New_York', ['2026-10-31', '2026-11-01', '2026-11-02'])
    expect(axis.total).toBe(1500)
    expect(axis.rows.slice(0, 5)).toEqual([
      { at: 0, wall: 0, again: false },
      { at: 60, wall: 60, again: false },
      { at: 120, wall: 60, again: true },
      { at: 180, wall: 120, again: false },
      { at: 240, wall: 180, again: false },
    ])
    const [saturday, sunday, monday] = axis.days
    expect([saturday!.holes, sunday!.holes, monday!.holes]).toEqual([[[120, 180]], [], [[120, 180]]])
    // 01:30 EDT and 01:30 EST are different places
    expect(positionOf(sunday!, at('2026-11-01T05:30:00Z'), 'start')).toBe(90)
    expect(positionOf(sunday!, at('2026-11-01T06:30:00Z'), 'start')).toBe(150)
    expect(positionOf(monday!, at('2026-11-02T07:00:00Z'), 'start')).toBe(180)
    expect(positionOf(monday!, at('2026-11-02T07:00:00Z'), 'end')).toBe(120)
    expect((sunday!.end - sunday!.start) / HOUR).toBe(25)
  })

  it('gives every minute of a day one place and back', () => {
    for (const [zone, days] of [
      ['America/New_York', ['2026-10-31', '2026-11-01']],
      ['America/New_York', ['2026-03-08']],
      ['Australia/Lord_Howe', ['2026-04-05', '2026-04-06']],
      ['America/Santiago', ['2026-09-06', '2026-04-04']],
      ['Asia/Kolkata', ['2026-01-01']],
    ] as const) {
      for (const day of makeAxis(zone, [...days]).days) {
        let before = -1
        for (let now = day.start; now < day.end; now += 60_000) {
          const place = positionOf(day, now, 'start')
          expect(place, `${zone} ${new Date(now).toISOString()}`).toBeGreaterThan(before)
          expect(instantAt(day, place)).toBe(now)
          before = place
        }
      }
    }
  })

  it('cuts what reaches into other days', () => {
    const [day] = makeAxis('UTC', ['2026-11-21']).days
    expect(spanOn(day!, at('2026-11-20T23:00:00Z'), at('2026-11-21T01:00:00Z'))).toEqual({ from: 0, to: 60 })
    expect(spanOn(day!, at('2026-11-21T23:00:00Z'), at('2026-11-22T01:00:00Z'))).toEqual({ from: 1380, to: 1440 })
    expect(spanOn(day!, at('2026-11-22T00:00:00Z'), at('2026-11-22T01:00:00Z'))).toBeUndefined()
    expect(instantAt(day!, 2000)).toBe(at('2026-11-22T00:00:00Z'))
  })
})

describe('layout', () => {
  it('gives what stands alone the whole width, what touches too', () => {
    const placed = layOut([{ id: 'a', from: 0, to: 30 }, { id: 'b', from: 30, to: 60 }], 10)
    expect([...placed.values()]).toEqual([{ left: 0, width: 1 }, { left: 0, width: 1 }])
  })

  it('puts a squeeze-in beside what it overlaps', () => {
    const placed = layOut([{ id: 'b', from: 15, to: 45 }, { id: 'a', from: 0, to: 60 }], 10)
    expect(placed.get('a')).toEqual({ left: 0, width: 0.5 })
    expect(placed.get('b')).toEqual({ left: 0.5, width: 0.5 })
  })

  it('lets a card grow over lanes that are free beside it', () => {
    const placed = layOut([{ id: 'a', from: 0, to: 120 }, { id: 'b', from: 0, to: 30 }, { id: 'c', from: 0, to: 30 }, { id: 'd', from: 60, to: 120 }], 10)
    expect(placed.get('a')!.width).toBeCloseTo(1 / 3)
    expect(placed.get('d')!.left).toBeCloseTo(1 / 3)
    expect(placed.get('d')!.width).toBeCloseTo(2 / 3)
  })

  it('never draws two cards on each other, however they lie', () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % below
    }
    for (let round = 0; round < 200; round++) {
      const items = Array.from({ length: 1 + random(12) }, (_, index) => {
        const from = random(48) * 15
        return { id: `i${index}`, from, to: from + 5 + random(120) }
      })
      const placed = layOut(items, 24)
      expect(placed.size).toBe(items.length)
      for (const a of items) {
        for (const b of items) {
          const together = a.from < Math.max(b.to, b.from + 24) && b.from < Math.max(a.to, a.from + 24)
          if (a.id >= b.id || !together) continue
          const [p, q] = [placed.get(a.id)!, placed.get(b.id)!]
          expect(p.left + p.width <= q.left + 1e-9 || q.left + q.width <= p.left + 1e-9).toBe(true)
        }
        expect(placed.get(a.id)!.left + placed.get(a.id)!.width).toBeLessThanOrEqual(1 + 1e-9)
      }
    }
  })
})

describe('hours', () => {
  const agenda = { id: 'a', timezone: 'America/Sao_Paulo' }
  const weekly = [
    { agenda: 'a', weekday: 5, start: 540, end: 720 },
    { agenda: 'a', weekday: 5, start: 780, end: 1080 },
    { agenda: 'a', weekday: 5, start: 1320, end: 1560 },
    { agenda: 'other', weekday: 6, start: 0, end: 1440 },
  ]
  const [from, to] = [at('2026-11-21T03:00:00Z'), at('2026-11-22T03:00:00Z')]

  it('lets a window of yesterday run past midnight', () => {
    expect(openSpans(agenda, weekly, [], from, to)).toEqual([{ start: from, end: at('2026-11-21T05:00:00Z') }])
  })

  it('replaces a day by its override', () => {
    const overrides = [
      { agenda: 'a', date: '2026-11-20', windows: [] },
      { agenda: 'a', date: '2026-11-21', windows: [[600, 660]] },
    ]
    expect(openSpans(agenda, weekly, overrides, from, to)).toEqual([{ start: at('2026-11-21T13:00:00Z'), end: at('2026-11-21T14:00:00Z') }])
  })

  it('reads the hours in the zone of the agenda', () => {
    const abroad = { id: 'a', timezone: 'Europe/Lisbon' }
    expect(openSpans(abroad, [{ agenda: 'a', weekday: 6, start: 540, end: 600 }], [], from, to)).toEqual([{ start: at('2026-11-21T09:00:00Z'), end: at('2026-11-21T10:00:00Z') }])
  })

  it('finds what is closed', () => {
    expect(gaps([{ start: 2, end: 3 }, { start: 5, end: 9 }], 0, 9)).toEqual([{ start: 0, end: 2 }, { start: 3, end: 5 }])
    expect(gaps([], 0, 9)).toEqual([{ start: 0, end: 9 }])
    expect(merge([{ start: 5, end: 7 }, { start: 1, end: 3 }, { start: 3, end: 4 }, { start: 6, end: 6 }])).toEqual([{ start: 1, end: 4 }, { start: 5, end: 7 }])
  })
})

describe('snapping', () => {
  const [day] = makeAxis('UTC', ['2026-11-21']).days
  const slots = ['09:00', '09:50', '10:40'].map((time) => at(`2026-11-21T${time}:00Z`))

  it('takes the slot that is near, else the grid, and says which', () => {
    expect(dropStart(day!, 583, slots)).toEqual({ start: at('2026-11-21T09:50:00Z'), free: true })
    expect(dropStart(day!, 670, slots)).toEqual({ start: at('2026-11-21T11:15:00Z'), free: false })
    expect(dropStart(day!, 583, undefined)).toEqual({ start: at('2026-11-21T09:45:00Z'), free: true })
  })

  it('stays on the day', () => {
    expect(dropStart(day!, -40, [])).toEqual({ start: at('2026-11-21T00:00:00Z'), free: false })
    expect(dropStart(day!, 5000, [])).toEqual({ start: at('2026-11-21T23:45:00Z'), free: false })
  })

  it('never lands in an hour that is not there', () => {
    const [sunday] = makeAxis('America/New_York', ['2026-03-08']).days
    expect(dropStart(sunday!, 145, []).start).toBe(at('2026-03-08T07:00:00Z'))
  })

  it('finds the nearest', () => {
    expect([nearest([], 3), nearest([1, 4, 9], 6), nearest([1, 4, 9], 7)]).toEqual([undefined, 4, 9])
  })

  it('marks at least one step, whichever way it is dragged', () => {
    expect(dragSpan(607, 609, 1440)).toEqual({ from: 600, to: 615 })
    expect(dragSpan(600, 688, 1440)).toEqual({ from: 600, to: 690 })
    expect(dragSpan(688, 600, 1440)).toEqual({ from: 600, to: 690 })
    expect(dragSpan(1439, 1500, 1440)).toEqual({ from: 1425, to: 1440 })
  })
})
