package dialogue

// menu is where every way begins and ends.
func (t *turn) menu() error {
	t.s.leave()
	services, err := t.w.Services()
	if err != nil {
		return err
	}
	topics, err := t.topics()
	if err != nil {
		return err
	}
	var offers []Offer
	if len(services) > 0 {
		offers = append(offers, t.option("menu.book", Offer{Do: doBook}))
	}
	offers = append(offers, t.option("menu.mine", Offer{Do: doMine}))
	if len(topics) > 0 {
		offers = append(offers, t.option("menu.info", Offer{Do: doInfo}))
	}
	offers = append(offers, t.human())

	return t.ask(stepMenu, t.tr.Get("menu.ask"), offers)
}

// option labels an offer with a text.
func (t *turn) option(key string, offer Offer) Offer {
	offer.Label = t.tr.Get(key)

	return offer
}

func (t *turn) human() Offer { return t.option("menu.human", Offer{Do: doHuman}) }
func (t *turn) start() Offer { return t.option("menu.start", Offer{Do: doMenu}) }

// do acts on a chosen option. current: it belongs to the last question; an older
// one that would change something asks again first.
func (t *turn) do(offer Offer, current bool) error {
	switch offer.Do {
	case doBook:
		t.s.leave()

		return t.book()
	case doMine:
		return t.mine(wantSee)
	case doInfo:
		return t.info()
	case doHuman:
		return t.handOver(ReasonAsked)
	case doService:
		t.s.Service, t.s.Moving = offer.Ref, ""

		return t.book()
	case doServices:
		return t.askService(offer.Page)
	case doDay:
		t.resume(offer)

		return t.askTime(offer.Day, offer.Page)
	case doDays:
		t.resume(offer)

		return t.askDay(offer.Day)
	case doTimes:
		t.resume(offer)

		return t.askTime(offer.Day, offer.Page)
	case doSlot:
		t.resume(offer)
		if !current {
			return t.confirm(*offer.Slot)
		}

		return t.take(*offer.Slot)
	case doFor, doForOther:
		slot := *offer.Slot
		t.s.Service, t.s.Moving = slot.Service, ""
		switch {
		case !current:
			return t.confirm(slot)
		case offer.Do == doForOther:
			return t.askAttendee(slot)
		}

		return t.bookFor(slot, offer.Attendee)
	case doMinePage:
		return t.list(offer.Page, want(offer.Ref))
	case doAppointment:
		return t.appointment(offer.Ref)
	case doMove:
		return t.move(offer.Ref, nil)
	case doAskCancel:
		return t.askCancel(offer.Ref)
	case doCancel:
		if !current {
			return t.askCancel(offer.Ref)
		}

		return t.cancel(offer.Ref)
	case doReason:
		if !current {
			return t.menu()
		}

		return t.explain(offer.Ref, offer.Label)
	case doKeep:
		t.say(t.tr.Get("mine.kept"))

		return t.menu()
	case doTopic:
		if told, err := t.tell(offer.Ref); told || err != nil {
			return err
		}

		return t.info()
	default:
		return t.menu()
	}
}

// resume goes back to what an option was offered for: an old button may belong
// to another service, or to an appointment being moved.
func (t *turn) resume(offer Offer) {
	if offer.Ref != "" {
		t.s.Service, t.s.Moving = offer.Ref, offer.Moving
	}
}

// again asks the last question once more, with fresh options.
func (t *turn) again() error {
	switch t.s.Step {
	case stepService:
		return t.askService(t.s.Page)
	case stepDay:
		return t.askDay(t.s.From)
	case stepTime:
		return t.askTime(t.s.Day, t.s.Page)
	case stepChoice:
		return t.ask(stepChoice, t.tr.Get("book.which_reading"), t.s.onScreen())
	case stepConfirm:
		if t.s.Chosen != nil {
			return t.confirm(*t.s.Chosen)
		}
	case stepName:
		if t.s.Chosen != nil {
			return t.askName(*t.s.Chosen)
		}
	case stepFor:
		if t.s.Chosen != nil {
			return t.take(*t.s.Chosen)
		}
	case stepAttendee:
		if t.s.Chosen != nil {
			return t.askAttendee(*t.s.Chosen)
		}
	case stepMine:
		return t.mine(wantSee)
	case stepAppointment:
		return t.appointment(t.s.Appointment)
	case stepCancel:
		return t.askCancel(t.s.Appointment)
	case stepReason:
		return t.askReason(t.s.Appointment)
	case stepInfo:
		return t.info()
	}

	return t.menu()
}

// back goes one question back.
func (t *turn) back() error {
	switch t.s.Step {
	case stepDay:
		if services, err := t.w.Services(); err != nil || len(services) > 1 && t.s.Moving == "" {
			if err != nil {
				return err
			}

			return t.askService(0)
		}
	case stepTime, stepChoice:
		return t.askDay(t.today())
	case stepAttendee:
		if t.s.Chosen != nil {
			return t.take(*t.s.Chosen)
		}
	case stepConfirm, stepName, stepFor:
		if t.s.Chosen != nil {
			day, _ := local(t.s.Chosen.Start)

			return t.askTime(day, 0)
		}
	case stepAppointment:
		if all, err := t.w.Appointments(); err != nil || len(all) > 1 {
			if err != nil {
				return err
			}

			return t.mine(wantSee)
		}
	case stepCancel:
		return t.appointment(t.s.Appointment)
	}

	return t.menu()
}
