package dialogue

import (
	"slices"
	"strings"
	"unicode"

	"recado/hooks/dialogue/phrases"
)

// read acts on what the customer wrote; false: it was not understood.
func (t *turn) read(text string) (bool, error) {
	offer, ok, err := t.pick(text)
	if err != nil {
		return false, err
	}
	if ok {
		return true, t.do(offer, true)
	}
	if t.says(text, phrases.Human) {
		return true, t.handOver(ReasonAsked)
	}
	for _, way := range []func(string) (bool, error){t.readSteering, t.readRefusal, t.readAnswer, t.readSmallTalk, t.readReason, t.readAppointments, t.readName, t.readAttendee, t.readTopic, t.readWish} {
		if done, err := way(text); done || err != nil {
			return done, err
		}
	}

	return false, nil
}

// pick finds the option on screen that text chooses: its number, its label, or
// enough of it.
func (t *turn) pick(text string) (Offer, bool, error) {
	screen := t.s.onScreen()
	if n := phrases.Ordinal(t.tr.Locale(), text); n >= 1 && n <= len(screen) {
		offer := screen[n-1]
		if t.s.Step != stepTime || offer.Do == doSlot {
			return offer, true, nil
		}
		// "9" under a list of times is nine o'clock, not the way out at place nine.
		hour, err := t.isHour(text)

		return offer, !hour, err
	}
	wanted := words(text)
	if len(wanted) == 0 {
		return Offer{}, false, nil
	}
	for _, offer := range screen {
		if strings.Join(words(offer.Label), " ") == strings.Join(wanted, " ") {
			return offer, true, nil
		}
	}
	// Days and times are read as days and times, not by their letters.
	found, count := Offer{}, 0
	for _, offer := range screen {
		byName := offer.Do == doService || offer.Do == doTopic || t.s.Step == stepMine
		if byName && contains(words(offer.Label), wanted) {
			found = offer
			count++
		}
	}

	return found, count == 1, nil
}

// isHour tells whether a lone number is the hour of a free time.
func (t *turn) isHour(text string) (bool, error) {
	wish := t.wish(text, phrases.BareHour)
	if wish == nil {
		return false, nil
	}
	for _, reading := range wish.Readings {
		if slots, err := t.fitting(reading); err != nil || len(slots) > 0 {
			return err == nil, err
		}
	}

	return false, nil
}

// words are the folded words of a text, without signs.
func words(text string) []string {
	return strings.FieldsFunc(phrases.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// contains tells whether every wanted word is among all.
func contains(all, wanted []string) bool {
	have := make(map[string]bool, len(all))
	for _, word := range all {
		have[word] = true
	}
	for _, word := range wanted {
		if !have[word] {
			return false
		}
	}

	return true
}

// booking tells whether a slot is being looked for.
func (t *turn) booking() bool {
	switch t.s.Step {
	case stepService, stepDay, stepTime, stepChoice, stepConfirm, stepName, stepFor, stepAttendee:
		return true
	default:
		return false
	}
}

// readSteering understands the words that lead through the dialogue.
func (t *turn) readSteering(text string) (bool, error) {
	switch {
	case t.says(text, phrases.Menu):
		return true, t.menu()
	case t.says(text, phrases.Back):
		return true, t.back()
	case t.says(text, phrases.Stop) && t.booking():
		t.say(t.tr.Get("book.stopped"))

		return true, t.menu()
	case t.says(text, phrases.Stop) && t.s.Step == stepAppointment:
		return true, t.askCancel(t.s.Appointment)
	case t.says(text, phrases.Stop) && t.s.Step != stepCancel:
		return true, t.mine(wantCancel)
	case t.says(text, phrases.More):
		for _, offer := range t.s.onScreen() {
			switch offer.Do {
			case doServices, doDays, doTimes, doMinePage:
				return true, t.do(offer, true)
			}
		}
	}

	return false, nil
}

// readRefusal understands a no with more to it: what was asked is off, and the rest
// is the next wish.
func (t *turn) readRefusal(text string) (bool, error) {
	rest, refused := phrases.Refused(t.tr.Locale(), text)
	screen := t.s.onScreen()
	if !refused || rest == "" || t.s.Step != stepConfirm && t.s.Step != stepCancel || len(screen) < 2 {
		return false, nil
	}
	if t.s.Step == stepCancel {
		t.s.Step = stepAppointment // another day for it moves it
	}
	for _, way := range []func(string) (bool, error){t.readAppointments, t.readTopic, t.readWish} {
		if done, err := way(rest); done || err != nil {
			return done, err
		}
	}

	return true, t.do(screen[1], true)
}

// readAnswer understands yes and no where the question was one of yes or no.
func (t *turn) readAnswer(text string) (bool, error) {
	rest, refused := phrases.Refused(t.tr.Locale(), text)
	yes, no := t.says(text, phrases.Yes), refused && rest == ""
	screen := t.s.onScreen()
	switch {
	case t.s.Step == stepDone && t.says(text, phrases.Thanks):
		return false, nil
	case len(screen) == 0 || !yes && !no && !t.says(text, phrases.Stop):
		return false, nil
	case t.s.Step == stepCancel && no, t.s.Step == stepConfirm && no:
		return true, t.do(screen[1], true)
	case t.s.Step == stepCancel, t.s.Step == stepConfirm && yes:
		return true, t.do(screen[0], true)
	case t.s.Step == stepDone && (yes || no):
		t.reply(t.tr.Get("small.bye"), nil)

		return true, nil
	default:
		return false, nil
	}
}

// readAppointments understands the wish to see, move or cancel an appointment.
func (t *turn) readAppointments(text string) (bool, error) {
	switch {
	case t.says(text, phrases.Drop):
		return true, t.mine(wantCancel)
	case t.says(text, phrases.Move):
		t.s.Wish = t.wish(text, phrases.BareNothing)

		return true, t.mine(wantMove)
	case t.says(text, phrases.Mine) && !t.says(text, phrases.Reserve):
		return true, t.mine(wantSee)
	default:
		return false, nil
	}
}

// readTopic understands a question about the company.
func (t *turn) readTopic(text string) (bool, error) {
	if t.says(text, phrases.Reserve) {
		return false, nil
	}
	for _, asked := range []struct {
		word phrases.Word
		ref  string
	}{{phrases.Address, topicAddress}, {phrases.Hours, topicHours}, {phrases.Prices, topicPrices}} {
		// "What time do you have an appointment free?" is about free times.
		if t.says(text, asked.word) && !(asked.word == phrases.Hours && t.says(text, phrases.Book)) {
			if told, err := t.tell(asked.ref); told || err != nil {
				return told, err
			}
		}
	}
	if t.says(text, phrases.Info) {
		return true, t.info()
	}

	return false, nil
}

// readWish understands a day, a time, a service, or the wish to book.
func (t *turn) readWish(text string) (bool, error) {
	bare := phrases.BareNothing
	switch t.s.Step {
	case stepDay:
		bare = phrases.BareDay
	case stepTime:
		bare = phrases.BareHour
	}
	wish := t.wish(text, bare)
	if wish != nil && t.s.Step == stepConfirm && t.s.Chosen != nil {
		day, _ := local(t.s.Chosen.Start)
		wish = on(*wish, day)
	}
	service, err := t.named(text)
	if err != nil {
		return false, err
	}
	if wish == nil && service == "" && !t.says(text, phrases.Book) {
		return false, nil
	}
	switch {
	case t.s.Step == stepAppointment && wish != nil:
		// "Thursday at 3" under one's own appointment means moving it there.
		return true, t.move(t.s.Appointment, wish)
	case !t.booking():
		t.s.leave()
	case wish == nil && service == "":
		return true, t.again() // "book" while booking says nothing new
	}
	if service != "" && t.s.Moving == "" {
		t.s.Service = service
	}
	if wish != nil {
		t.s.Wish = wish
	}

	return true, t.book()
}

// wish reads days and times; nil: none.
func (t *turn) wish(text string, bare phrases.Bare) *phrases.Result {
	result := phrases.Parse(t.tr.Locale(), text, t.in.Now, bare)
	if len(result.Readings) == 0 {
		return nil
	}

	return &result
}

// on takes a wish without a day for one of the day that is spoken of.
func on(wish phrases.Result, day phrases.Date) *phrases.Result {
	wish.Readings = slices.Clone(wish.Readings)
	for i, reading := range wish.Readings {
		if !reading.HasDay() {
			wish.Readings[i].First, wish.Readings[i].Last = day, day
		}
	}

	return &wish
}

// named finds the one service whose name stands in the text.
func (t *turn) named(text string) (string, error) {
	services, err := t.w.Services()
	if err != nil {
		return "", err
	}
	have := words(text)
	found, longest, tie := "", 0, false
	for _, service := range services {
		name := words(service.Name)
		if len(name) == 0 || !contains(have, name) || len(name) < longest {
			continue
		}
		found, tie, longest = service.ID, len(name) == longest, len(name)
	}
	if tie {
		return "", nil
	}

	return found, nil
}

// readSmallTalk answers greetings, thanks and goodbyes.
func (t *turn) readSmallTalk(text string) (bool, error) {
	switch {
	case t.says(text, phrases.Hello) && t.booking() && !t.in.Greet:
		return true, t.again()
	case t.says(text, phrases.Hello):
		return true, t.menu()
	case t.says(text, phrases.Bye):
		t.reply(t.tr.Get("small.bye"), nil)
	case t.says(text, phrases.Thanks), t.says(text, phrases.Yes) && !t.booking() && t.s.Step != stepNone:
		t.reply(t.tr.Get("small.thanks"), nil)
	default:
		return false, nil
	}

	return true, nil
}
