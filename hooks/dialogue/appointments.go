package dialogue

import (
	"errors"
	"strings"

	"recado/hooks/dialogue/phrases"
)

// want is what somebody asks about their appointments for.
type want string

const (
	wantSee    want = "see"
	wantMove   want = "move"
	wantCancel want = "cancel"
)

const minePage = 7

// mine shows the customer's appointments, or goes straight to the only one.
func (t *turn) mine(w want) error {
	all, err := t.w.Appointments()
	if err != nil {
		return err
	}
	wish := t.s.Wish
	t.s.leave()
	switch {
	case len(all) == 0:
		services, err := t.w.Services()
		if err != nil {
			return err
		}
		var offers []Offer
		if len(services) > 0 {
			offers = append(offers, t.option("menu.book", Offer{Do: doBook}))
		}

		return t.ask(stepDone, t.tr.Get("mine.none"), append(offers, t.human(), t.start()))
	case len(all) > 1:
		t.s.Wish = wish

		return t.list(0, w)
	case w == wantMove:
		return t.move(all[0].ID, wish)
	case w == wantCancel:
		return t.askCancel(all[0].ID)
	default:
		return t.appointment(all[0].ID)
	}
}

// list offers the appointments to choose one.
func (t *turn) list(page int, w want) error {
	all, err := t.w.Appointments()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return t.mine(w)
	}
	shown, more := paged(all, &page, minePage)
	t.s.Page = page
	do := map[want]action{wantMove: doMove, wantCancel: doAskCancel}[w]
	if do == "" {
		do = doAppointment
	}
	var offers []Offer
	for _, a := range shown {
		label := t.tr.Get("mine.label", "service", a.ServiceName, "day", t.tr.DayLabel(a.Start, t.in.Now), "time", t.tr.Clock(a.Start))
		offers = append(offers, Offer{Label: label, Do: do, Ref: a.ID})
	}
	if more {
		offers = append(offers, t.option("mine.more", Offer{Do: doMinePage, Ref: string(w), Page: page + 1}))
	}

	return t.ask(stepMine, t.tr.Get("mine.list", "count", len(all)), append(offers, t.start()))
}

// own finds one of the customer's coming appointments.
func (t *turn) own(id string) (Appointment, bool, error) {
	all, err := t.w.Appointments()
	for _, a := range all {
		if a.ID == id {
			return a, true, err
		}
	}

	return Appointment{}, false, err
}

func (t *turn) changes(id string) []Offer {
	return []Offer{t.option("mine.move", Offer{Do: doMove, Ref: id}), t.option("mine.cancel", Offer{Do: doAskCancel, Ref: id})}
}

// appointment shows one and what can be done with it.
func (t *turn) appointment(id string) error {
	a, ok, err := t.own(id)
	if err != nil {
		return err
	}
	if !ok {
		return t.gone()
	}
	t.s.leave()
	t.s.Appointment = id

	return t.ask(stepAppointment, t.tr.Get("mine.one", "service", a.ServiceName, "when", t.when(a.Start)), append(t.changes(id), t.start()))
}

// move looks for another time for an appointment; a wish may say which.
func (t *turn) move(id string, wish *phrases.Result) error {
	a, ok, err := t.own(id)
	if err != nil {
		return err
	}
	if !ok {
		return t.gone()
	}
	if wish == nil {
		wish = t.s.Wish
	}
	t.s.leave()
	t.s.Moving, t.s.Service = a.ID, a.Service
	if wish != nil {
		return t.meet(*wish)
	}

	return t.askDay(t.today())
}

func (t *turn) askCancel(id string) error {
	a, ok, err := t.own(id)
	if err != nil {
		return err
	}
	if !ok {
		return t.gone()
	}
	t.s.leave()
	t.s.Appointment = id

	return t.ask(stepCancel, t.tr.Get("mine.cancel_ask", "service", a.ServiceName, "when", t.when(a.Start)), []Offer{
		t.option("mine.cancel_yes", Offer{Do: doCancel, Ref: id}),
		t.option("mine.cancel_no", Offer{Do: doKeep}),
	})
}

func (t *turn) cancel(id string) error {
	a, err := t.w.Cancel(id)
	if errors.Is(err, ErrGone) {
		return t.gone()
	}
	if err != nil {
		return err
	}
	t.s.Offers = nil
	t.say(t.tr.Get("mine.cancelled", "service", a.ServiceName, "when", t.when(a.Start)))

	return t.askReason(id)
}

// askReason asks why an appointment was cancelled: it is, whatever is answered.
func (t *turn) askReason(id string) error {
	t.s.leave()
	t.s.Appointment = id

	return t.ask(stepReason, t.tr.Get("mine.reason"), []Offer{
		t.option("mine.reason_busy", Offer{Do: doReason, Ref: id}),
		t.option("mine.reason_ill", Offer{Do: doReason, Ref: id}),
		t.option("mine.reason_skip", Offer{Do: doMenu}),
	})
}

// explain keeps the reason in the customer's own words.
func (t *turn) explain(id, reason string) error {
	if err := t.w.Explain(id, reason); errors.Is(err, ErrGone) {
		return t.gone()
	} else if err != nil {
		return err
	}
	t.say(t.tr.Get("mine.reason_thanks"))

	return t.menu()
}

// readReason takes the answer to askReason, unless it is a wish or a question.
func (t *turn) readReason(text string) (bool, error) {
	switch {
	case t.s.Step != stepReason, strings.Contains(text, "?"),
		t.says(text, phrases.Reserve, phrases.Move, phrases.Drop, phrases.Mine):
		return false, nil
	case t.says(text, phrases.No):
		return true, t.menu()
	default:
		return true, t.explain(t.s.Appointment, text)
	}
}

// gone says that an appointment is not there any more.
func (t *turn) gone() error {
	t.say(t.tr.Get("mine.gone"))

	return t.menu()
}
