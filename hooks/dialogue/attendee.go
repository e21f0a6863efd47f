package dialogue

import (
	"unicode"

	"recado/hooks/dialogue/phrases"
)

// attendeeButtons is how many remembered names are offered.
const attendeeButtons = 5

// askFor asks who comes, where one phone may book for several. Names that were
// booked for before are one tap.
func (t *turn) askFor(slot Slot, names []string) error {
	t.s.Chosen = &slot
	offers := []Offer{t.option("book.for_me", Offer{Do: doFor, Slot: &slot})}
	for _, name := range names[:min(len(names), attendeeButtons)] {
		offers = append(offers, Offer{Label: name, Do: doFor, Slot: &slot, Attendee: name})
	}

	return t.ask(stepFor, t.tr.Get("book.for"), append(offers, t.option("book.for_other", Offer{Do: doForOther, Slot: &slot})))
}

// askAttendee asks for the name of somebody new.
func (t *turn) askAttendee(slot Slot) error {
	t.s.Chosen = &slot

	return t.ask(stepAttendee, t.tr.Get("book.attendee"), nil)
}

// readAttendee takes the answer to askAttendee.
func (t *turn) readAttendee(text string) (bool, error) {
	if t.s.Step != stepAttendee || t.s.Chosen == nil {
		return false, nil
	}
	if t.says(text, phrases.Yes, phrases.No, phrases.Hello, phrases.Thanks, phrases.Bye, phrases.Book) {
		return false, nil
	}
	if containsDigit(text) && t.wish(text, phrases.BareNothing) != nil {
		return false, nil // another time instead of a name
	}
	name := nameIn(text)
	if name == "" {
		return false, nil
	}

	return true, t.bookFor(*t.s.Chosen, name)
}

func containsDigit(text string) bool {
	for _, r := range text {
		if unicode.IsDigit(r) {
			return true
		}
	}

	return false
}
