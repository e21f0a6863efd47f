package agenda

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
)

// admit decides whether an appointment may stand where it is: by the same
// function that lists the slots. It runs in the write transaction, so what it
// finds free stays free until the commit. A squeeze-in passes: whoever may book
// one has said that they know better.
func (r *Room) admit(txApp core.App, o offer, appointment *core.Record) error {
	if appointment.GetBool("overbook") {
		return nil
	}
	if err := r.endHolds(txApp, o.Agenda); err != nil {
		return err
	}

	start := appointment.GetDateTime("start").Time().Unix()
	q, err := r.question(txApp, o, start, start+1, appointment.Id)
	if err != nil {
		return err
	}

	switch v := slots.Bookable(q, start); v.Rule {
	case slots.Free:
		return nil
	case slots.Busy, slots.DayFull:
		return r.taken(txApp, o, appointment, v.Rule)
	default:
		return r.refuse(txApp, o, appointment, http.StatusUnprocessableEntity, unavailableCode, unavailable[v.Rule], v.Rule)
	}
}

const unavailableCode = "slot_unavailable"

var unavailable = map[slots.Rule]string{
	slots.Notice:  "This time is over, or too soon to be booked.",
	slots.Horizon: "This time is too far ahead to be booked.",
	slots.Closed:  "This time is outside the opening hours.",
	slots.OffGrid: "No appointment of this service starts at this time.",
}

// taken is the answer to a lost race: 409 slot_taken with the next three slots.
func (r *Room) taken(txApp core.App, o offer, appointment *core.Record, rule slots.Rule) error {
	return r.refuse(txApp, o, appointment, http.StatusConflict, takenMark, "This time has just been taken.", rule)
}

func (r *Room) refuse(txApp core.App, o offer, appointment *core.Record, status int, code, message string, rule slots.Rule) error {
	alternatives, err := r.alternatives(txApp, o, appointment)
	if err != nil {
		return err
	}

	return apierr.New(status, code, message, map[string]any{"rule": rule.String(), "alternatives": alternatives})
}

// Lost reports whether a booking or a move failed because the slot cannot be had
// (any more), so that another one is to be offered. Other errors are faults.
func Lost(err error) bool {
	code := apierr.Code(err)

	return code == takenMark || code == unavailableCode
}

// manyAlternatives is how many other times a refused customer is offered.
const manyAlternatives = 3

// alternatives are the next free slots after the one asked for; where the
// horizon leaves too few, the last ones before it.
func (r *Room) alternatives(txApp core.App, o offer, appointment *core.Record) ([]shownSlot, error) {
	asked := appointment.GetDateTime("start").Time()
	if now := r.deps.Now(); asked.Before(now) {
		asked = now
	}

	var found []slots.Slot
	if o.Open || !appointment.IsNew() {
		// Most find their three within days; only a full agenda is searched further.
		for _, days := range []int{3, 31, 92} {
			list, err := r.near(txApp, o, appointment.Id, asked, asked.AddDate(0, 0, days))
			if err != nil {
				return nil, err
			}
			if found = list; len(found) >= manyAlternatives {
				found = found[:manyAlternatives]
				break
			}
		}
		if missing := manyAlternatives - len(found); missing > 0 {
			earlier, err := r.near(txApp, o, appointment.Id, asked.AddDate(0, 0, -31), asked)
			if err != nil {
				return nil, err
			}
			found = append(earlier[max(0, len(earlier)-missing):], found...)
		}
	}

	shown := make([]shownSlot, len(found))
	for i, s := range found {
		shown[i] = show(s, o.Zone, o.members())
	}

	return shown, nil
}

func (r *Room) near(txApp core.App, o offer, exclude string, from, to time.Time) ([]slots.Slot, error) {
	q, err := r.question(txApp, o, ceilSecond(from), ceilSecond(to), exclude)
	if err != nil {
		return nil, err
	}

	return slots.List(q), nil
}
