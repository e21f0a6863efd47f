package dialogue

import (
	"cmp"
	"slices"

	"recado/hooks/dialogue/phrases"
)

// met is a reading of the customer's wish with the free slots that fit it.
type met struct {
	reading phrases.Reading
	slots   []Slot
}

// longestWish bounds how many days of a wide wish ("in July") are looked at.
const longestWish = 62

// meet looks for what the customer wrote and offers it: one slot to confirm,
// several to choose from, the readings to tell apart, or what is nearest.
func (t *turn) meet(wish phrases.Result) error {
	var found []met
	for _, reading := range wish.Readings {
		slots, err := t.fitting(reading)
		if err != nil {
			return err
		}
		if len(slots) > 0 {
			found = append(found, met{reading, slots})
		}
	}
	t.sayMoved(wish)
	switch len(found) {
	case 0:
		return t.unmet(wish.Readings[0])
	case 1:
		return t.offerOne(found[0])
	default:
		return t.offerReadings(found)
	}
}

// sayMoved tells when the day is not literally the one that was written.
func (t *turn) sayMoved(wish phrases.Result) {
	key := map[phrases.Moved]string{
		phrases.Passed: "book.past", phrases.PassedTime: "book.past_time", phrases.NoSuchDay: "book.no_such_day",
	}[wish.Moved]
	if key == "" || len(wish.Readings) == 0 || !wish.Readings[0].HasDay() {
		return
	}
	t.say(t.tr.Get(key, "day", t.dayText(wish.Readings[0].First)))
}

// fitting lists the free slots a reading asks for. A time without a day is
// looked for on the day being chosen, then on the days to come.
func (t *turn) fitting(reading phrases.Reading) ([]Slot, error) {
	type span struct{ first, last phrases.Date }
	var spans []span
	switch {
	case reading.HasDay():
		last := reading.Last
		if limit := reading.First.AddDays(longestWish); limit.Before(last) {
			last = limit
		}
		spans = []span{{reading.First, last}}
	case !t.s.Day.IsZero():
		spans = []span{{t.s.Day, t.s.Day}, {t.s.Day, t.s.Day.AddDays(windowDays)}}
	default:
		spans = []span{{t.today(), t.today().AddDays(windowDays)}}
	}
	for _, s := range spans {
		slots, err := t.on(s.first, s.last)
		if err != nil {
			return nil, err
		}
		slots = slices.DeleteFunc(slots, func(slot Slot) bool {
			day, minute := local(slot.Start)
			return !reading.Fits(day, minute)
		})
		if len(slots) > 0 {
			return slots, nil
		}
	}

	return nil, nil
}

// offerOne goes on with the only reading that can be had.
func (t *turn) offerOne(found met) error {
	days := byDay(found.slots)
	exact := found.reading.Minute != phrases.NoTime && found.reading.Bound == phrases.At
	switch {
	case exact && len(found.slots) == 1:
		if t.isOffered(found.slots[0]) {
			return t.take(found.slots[0])
		}

		return t.confirm(found.slots[0])
	case len(days) == 1 && found.reading.Minute == phrases.NoTime:
		t.s.Part = found.reading.Part

		return t.askTime(days[0].day, 0)
	case exact, len(days) == 1:
		return t.choose(t.tr.Get("book.which_reading"), found.slots)
	default:
		t.s.From, t.s.Day, t.s.Part = days[0].day, phrases.Date{}, found.reading.Part
		name, err := t.serviceName()
		if err != nil {
			return err
		}
		text := t.tr.Get("book.which_day", "service", name, "example", t.tr.Get("book.example"))

		return t.ask(stepDay, text, t.dayOffers(days, true))
	}
}

// isOffered tells whether a slot is one of those on screen: naming its time is
// choosing it.
func (t *turn) isOffered(slot Slot) bool {
	return slices.ContainsFunc(t.s.onScreen(), func(offer Offer) bool {
		return offer.Slot != nil && offer.Ref == t.s.Service && offer.Moving == t.s.Moving && offer.Slot.Start.Equal(slot.Start)
	})
}

// offerReadings lets the customer say which of several readings is meant.
func (t *turn) offerReadings(found []met) error {
	exact := true
	for _, m := range found {
		exact = exact && m.reading.Minute != phrases.NoTime && m.reading.Bound == phrases.At
	}
	var slots []Slot
	var days []freeDay
	for _, m := range found {
		first := m.slots
		if !exact && m.reading.OneDay() {
			first = first[:1]
		}
		slots = append(slots, first[:min(len(first), timePage)]...)
		days = append(days, byDay(m.slots)...)
	}
	if exact {
		return t.choose(t.tr.Get("book.which_reading"), slots)
	}
	slices.SortStableFunc(days, func(a, b freeDay) int { return cmp.Compare(a.day.String(), b.day.String()) })
	days = slices.CompactFunc(days, func(a, b freeDay) bool { return a.day == b.day })
	t.s.Part = found[0].reading.Part
	if len(days) == 1 {
		return t.askTime(days[0].day, 0)
	}

	return t.ask(stepChoice, t.tr.Get("book.which_reading"), t.dayOffers(days, false))
}

// choose offers slots of several days.
func (t *turn) choose(text string, slots []Slot) error {
	slices.SortStableFunc(slots, func(a, b Slot) int { return cmp.Compare(a.Start.Unix(), b.Start.Unix()) })
	slots = slices.CompactFunc(slots, func(a, b Slot) bool { return a.Start.Equal(b.Start) })
	var offers []Offer
	for _, slot := range slots[:min(len(slots), timePage)] {
		label := t.tr.DayLabel(slot.Start, t.in.Now) + " · " + t.tr.Clock(slot.Start) + t.zoneNote(slot.Start)
		offers = append(offers, t.slotOffer(slot, label))
	}
	offers = append(offers, t.option("book.other_day", t.owned(Offer{Do: doDays, Day: t.today()})), t.start())

	return t.ask(stepChoice, text, offers)
}

// unmet offers what is near a wish that cannot be met.
func (t *turn) unmet(reading phrases.Reading) error {
	if reading.Minute != phrases.NoTime {
		day := reading.First
		if !reading.HasDay() {
			if day = t.s.Day; day.IsZero() {
				day = t.today()
			}
		}

		return t.nearest(day, reading.Minute, "book.near", "book.not_free")
	}
	if !reading.HasDay() {
		return t.askDay(t.today())
	}
	if reading.OneDay() {
		// Perhaps only the part of the day is full.
		if slots, err := t.on(reading.First, reading.First); err != nil || len(slots) > 0 {
			if err != nil {
				return err
			}
			t.say(t.tr.Get("book.near"))

			return t.askTime(reading.First, 0)
		}
		t.say(t.tr.Get("book.day_full", "day", t.dayText(reading.First)))
	} else {
		t.say(t.tr.Get("book.not_free"))
	}

	return t.askDay(reading.First)
}

// nearest offers the free slots closest to a day and minute, in order of time,
// under the text named some; where there is none in those days, it says the text
// named none and asks for another day.
func (t *turn) nearest(day phrases.Date, minute int, some, none string) error {
	first := day.AddDays(-2)
	if first.Before(t.today()) {
		first = t.today()
	}
	slots, err := t.on(first, day.AddDays(windowDays))
	if err != nil {
		return err
	}
	if len(slots) == 0 {
		t.say(t.tr.Get(none))

		return t.askDay(day)
	}
	t.say(t.tr.Get(some))
	wanted := day.Time().Unix()/60 - 12*60 + int64(minute)
	distance := func(s Slot) int64 {
		day, minute := local(s.Start)
		d := day.Time().Unix()/60 - 12*60 + int64(minute) - wanted
		return max(d, -d)
	}
	slices.SortStableFunc(slots, func(a, b Slot) int { return cmp.Compare(distance(a), distance(b)) })

	return t.choose("", slots[:min(len(slots), timePage)])
}
