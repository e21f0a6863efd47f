package dialogue

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recado/hooks/dialogue/phrases"
	"recado/hooks/texts"
)

// How much is shown at once. With "more…" and the ways out a list stays within
// the ten rows of the narrowest channel, and hours after six can be typed as
// they are without being taken for the number of an option.
const (
	servicePage = 7
	dayPage     = 6
	timePage    = 6
)

// How far ahead days are looked for, and how much is read at once.
const (
	horizonDays = 120
	windowDays  = 14
)

// book takes up booking (or moving) where something is missing: the service, a
// wish to be met, or the day.
func (t *turn) book() error {
	services, err := t.w.Services()
	if err != nil {
		return err
	}
	if len(services) == 0 {
		t.s.leave()

		return t.ask(stepDone, t.tr.Get("book.none"), []Offer{t.human(), t.start()})
	}
	if t.s.Service == "" && len(services) == 1 {
		t.s.Service = services[0].ID
	}
	if t.s.Service == "" {
		return t.askService(0)
	}
	if wish := t.s.Wish; wish != nil {
		t.s.Wish = nil

		return t.meet(*wish)
	}

	return t.askDay(t.today())
}

func (t *turn) today() phrases.Date { return phrases.DateOf(t.in.Now) }

func (t *turn) askService(page int) error {
	services, err := t.w.Services()
	if err != nil {
		return err
	}
	shown, more := paged(services, &page, servicePage)
	t.s.Page = page
	var offers []Offer
	for _, service := range shown {
		offers = append(offers, Offer{Label: t.serviceLabel(service), Do: doService, Ref: service.ID})
	}
	if more {
		offers = append(offers, t.option("book.more_services", Offer{Do: doServices, Page: page + 1}))
	}

	return t.ask(stepService, t.tr.Get("book.which_service"), append(offers, t.start()))
}

// paged cuts page out of a list; a page beyond the end is the first.
func paged[T any](all []T, page *int, size int) (shown []T, more bool) {
	if *page < 0 || *page*size >= len(all) {
		*page = 0
	}
	end := min(len(all), (*page+1)*size)

	return all[*page*size : end], end < len(all)
}

func (t *turn) serviceLabel(service Service) string {
	parts := []string{service.Name}
	if service.Minutes > 0 {
		parts = append(parts, texts.Duration(service.Minutes))
	}
	if service.Price > 0 {
		parts = append(parts, t.tr.Price(service.Price, service.Currency))
	}

	return strings.Join(parts, " · ")
}

// askDay offers the next days with free times, from a day on.
func (t *turn) askDay(from phrases.Date) error {
	if from.Before(t.today()) {
		from = t.today()
	}
	free, err := t.days(from, dayPage+1)
	if err != nil {
		return err
	}
	if len(free) == 0 && from != t.today() {
		from = t.today()
		if free, err = t.days(from, dayPage+1); err != nil {
			return err
		}
	}
	if len(free) == 0 {
		return t.full()
	}
	if len(free) == 1 && from == t.today() {
		return t.askTime(free[0].day, 0)
	}
	t.s.From, t.s.Day, t.s.Part = from, phrases.Date{}, phrases.AnyPart
	name, err := t.serviceName()
	if err != nil {
		return err
	}

	return t.ask(stepDay, t.tr.Get("book.which_day", "service", name, "example", t.tr.Get("book.example")), t.dayOffers(free, true))
}

// dayOffers lists days to choose; more than a page of them leads on.
func (t *turn) dayOffers(free []freeDay, leadOn bool) []Offer {
	var offers []Offer
	for i, day := range free {
		if i == dayPage {
			if leadOn {
				offers = append(offers, t.option("book.more_days", t.owned(Offer{Do: doDays, Day: day.day})))
			}
			break
		}
		offers = append(offers, t.owned(Offer{Label: t.tr.DayLabel(day.slots[0].Start, t.in.Now), Do: doDay, Day: day.day}))
	}

	return append(offers, t.start())
}

// owned marks an option with what is being booked or moved, so that it can be
// chosen later, when something else is.
func (t *turn) owned(offer Offer) Offer {
	offer.Ref, offer.Moving = t.s.Service, t.s.Moving

	return offer
}

// full says that there is nothing to be had.
func (t *turn) full() error {
	name, err := t.serviceName()
	if err != nil {
		return err
	}
	t.s.leave()

	return t.ask(stepDone, t.tr.Get("book.full", "service", name), []Offer{t.human(), t.start()})
}

// askTime offers the free times of a day.
func (t *turn) askTime(day phrases.Date, page int) error {
	if day.IsZero() {
		return t.askDay(t.today())
	}
	slots, err := t.on(day, day)
	if err != nil {
		return err
	}
	if len(slots) == 0 {
		t.say(t.tr.Get("book.day_full", "day", t.dayText(day)))

		return t.askDay(day)
	}
	if some := slices.DeleteFunc(slices.Clone(slots), func(s Slot) bool {
		_, minute := local(s.Start)
		return !t.s.Part.Includes(minute)
	}); len(some) > 0 {
		slots = some
	}
	shown, more := paged(slots, &page, timePage)
	t.s.Day, t.s.Page = day, page
	var offers []Offer
	for _, slot := range shown {
		offers = append(offers, t.slotOffer(slot, t.tr.Clock(slot.Start)))
	}
	if more {
		offers = append(offers, t.option("book.more_times", t.owned(Offer{Do: doTimes, Day: day, Page: page + 1})))
	}
	offers = append(offers, t.option("book.other_day", t.owned(Offer{Do: doDays, Day: t.today()})), t.start())

	return t.ask(stepTime, t.tr.Get("book.which_time", "day", t.dayText(day)+t.zoneNote(shown[0].Start)), offers)
}

func (t *turn) slotOffer(slot Slot, label string) Offer {
	return t.owned(Offer{Label: label, Do: doSlot, Slot: &slot})
}

// take books the chosen slot or moves the appointment to it, asking for a name
// first where none is known.
func (t *turn) take(slot Slot) error {
	if t.s.Moving != "" {
		moved, err := t.w.Move(t.s.Moving, slot)
		switch {
		case errors.Is(err, ErrTaken):
			return t.taken(slot)
		case errors.Is(err, ErrGone):
			return t.gone()
		case err != nil:
			return err
		}

		return t.done(t.tr.Get("mine.moved", "service", moved.ServiceName, "when", t.when(moved.Start)), moved)
	}
	if t.in.Name == "" {
		return t.askName(slot)
	}

	return t.bookAs(slot, t.in.Name)
}

// bookAs books for the named customer, asking first who comes where that is asked.
func (t *turn) bookAs(slot Slot, name string) error {
	names, ask, err := t.w.Attendees()
	if err != nil {
		return err
	}
	t.in.Name = name
	if ask {
		return t.askFor(slot, names)
	}

	return t.bookFor(slot, "")
}

// bookFor books for the customer, or for whom they name.
func (t *turn) bookFor(slot Slot, attendee string) error {
	booked, err := t.w.Book(slot, attendee)
	switch {
	case errors.Is(err, ErrTaken):
		return t.taken(slot)
	case errors.Is(err, ErrLimit):
		t.s.leave()

		return t.ask(stepDone, t.tr.Get("book.limit"), []Offer{t.option("menu.mine", Offer{Do: doMine}), t.human(), t.start()})
	case err != nil:
		return err
	}
	info, err := t.w.Info()
	if err != nil {
		return err
	}
	lines := []string{t.tr.Get("book.done", "name", firstName(t.in.Name), "service", booked.ServiceName, "when", t.when(booked.Start))}
	if attendee != "" {
		lines = append(lines, t.tr.Get("book.for_whom", "attendee", attendee))
	}
	if booked.AgendaName != "" {
		lines = append(lines, t.tr.Get("book.with", "agenda", booked.AgendaName))
	}
	if info.Address != "" {
		lines = append(lines, t.tr.Get("book.address", "address", info.Address))
	}

	return t.done(strings.Join(lines, "\n"), booked)
}

// done ends a booking or a move. What was offered before is void: nobody books
// the same thing twice by an old button.
func (t *turn) done(text string, a Appointment) error {
	t.s.leave()
	t.s.Offers = nil

	return t.ask(stepDone, text, append(t.changes(a.ID), t.start()))
}

// taken apologises and offers what is near the lost slot.
func (t *turn) taken(slot Slot) error {
	day, minute := local(slot.Start)

	return t.nearest(day, minute, "book.taken", "book.taken")
}

// confirm offers one slot and asks for a yes.
func (t *turn) confirm(slot Slot) error {
	name, err := t.serviceName()
	if err != nil {
		return err
	}
	key := "book.offer"
	if t.s.Moving != "" {
		key = "book.offer_move"
	}
	t.s.Chosen = &slot
	day, _ := local(slot.Start)

	return t.ask(stepConfirm, texts.Capital(t.tr.Get(key, "service", name, "when", t.when(slot.Start))), []Offer{
		t.slotOffer(slot, t.tr.Get("book.yes")),
		t.option("book.other_time", t.owned(Offer{Do: doTimes, Day: day})),
		t.start(),
	})
}

// serviceName is the name of the service being booked.
func (t *turn) serviceName() (string, error) {
	services, err := t.w.Services()
	if err != nil {
		return "", err
	}
	for _, service := range services {
		if service.ID == t.s.Service {
			return service.Name, nil
		}
	}
	// A service that is no longer offered can still be moved.
	all, err := t.w.Appointments()
	for _, a := range all {
		if a.Service == t.s.Service {
			return a.ServiceName, nil
		}
	}

	return "", err
}

// when is a moment in a sentence, with the zone where it is not the company's.
func (t *turn) when(start time.Time) string { return t.tr.When(start, t.in.Now) + t.zoneNote(start) }

func (t *turn) dayText(day phrases.Date) string {
	now := t.in.Now
	noon := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, now.Location())

	return t.tr.Day(noon, now)
}

// zoneNote names the offset of a time that is not in the company's time zone.
func (t *turn) zoneNote(start time.Time) string {
	_, here := start.In(t.in.Now.Location()).Zone()
	_, there := start.Zone()
	if here == there {
		return ""
	}
	sign := "+"
	if there < 0 {
		sign, there = "-", -there
	}
	if there%3600 == 0 {
		return fmt.Sprintf(" (GMT%s%d)", sign, there/3600)
	}

	return fmt.Sprintf(" (GMT%s%d:%02d)", sign, there/3600, there%3600/60)
}

// freeDay is a day with its free slots.
type freeDay struct {
	day   phrases.Date
	slots []Slot
}

// days finds the next days with free slots, at most n.
func (t *turn) days(from phrases.Date, n int) ([]freeDay, error) {
	var found []freeDay
	last := t.today().AddDays(horizonDays)
	for first := from; len(found) < n && first.Before(last); first = first.AddDays(windowDays) {
		slots, err := t.on(first, first.AddDays(windowDays-1))
		if err != nil {
			return nil, err
		}
		found = append(found, byDay(slots)...)
	}

	return found[:min(n, len(found))], nil
}

func byDay(slots []Slot) []freeDay {
	var days []freeDay
	for _, slot := range slots {
		day, _ := local(slot.Start)
		if len(days) == 0 || days[len(days)-1].day != day {
			days = append(days, freeDay{day: day})
		}
		days[len(days)-1].slots = append(days[len(days)-1].slots, slot)
	}

	return days
}

// on lists the free slots that start on the days first to last, one for each
// start: which of two free agendas serves it is not the customer's worry. Days
// are those of the slots' own zones, so the world is asked for a wider range.
func (t *turn) on(first, last phrases.Date) ([]Slot, error) {
	const widest = 15 * time.Hour // no zone is further from another's noon
	from, to := first.Time().Add(-12*time.Hour-widest), last.Time().Add(12*time.Hour+widest)
	if from.Before(t.in.Now) {
		from = t.in.Now
	}
	if !from.Before(to) {
		return nil, nil
	}
	all, err := t.w.Slots(t.s.Service, from, to, t.s.Moving)
	if err != nil {
		return nil, err
	}
	var slots []Slot
	for _, slot := range all {
		day, _ := local(slot.Start)
		if !day.Before(first) && !last.Before(day) {
			slots = append(slots, slot)
		}
	}
	slices.SortStableFunc(slots, func(a, b Slot) int { return cmp.Compare(a.Start.Unix(), b.Start.Unix()) })

	return slices.CompactFunc(slots, func(a, b Slot) bool { return a.Start.Equal(b.Start) }), nil
}
