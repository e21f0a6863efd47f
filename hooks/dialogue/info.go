package dialogue

import (
	"slices"
	"strings"
	"time"

	"recado/hooks/texts"
)

// The topics every company can have; its own pages come after them.
const (
	topicAddress = "address"
	topicHours   = "hours"
	topicPrices  = "prices"
	topicPage    = "page:" // followed by the id
)

// topic is something to tell about the company.
type topic struct{ ref, label, text string }

// topics lists what there is to tell.
func (t *turn) topics() ([]topic, error) {
	info, err := t.w.Info()
	if err != nil {
		return nil, err
	}
	services, err := t.w.Services()
	if err != nil {
		return nil, err
	}
	var all []topic
	add := func(ref, label, text string) {
		if strings.TrimSpace(text) != "" {
			all = append(all, topic{ref, label, text})
		}
	}
	contact := info.Address
	if info.Phone != "" {
		contact = strings.TrimSpace(contact + "\n" + t.tr.Get("info.phone", "phone", info.Phone))
	}
	add(topicAddress, t.tr.Get("info.address"), contact)
	add(topicHours, t.tr.Get("info.hours"), t.hoursText(info.Hours))
	var prices []string
	for _, service := range services {
		prices = append(prices, t.serviceLabel(service))
	}
	add(topicPrices, t.tr.Get("info.prices"), strings.Join(prices, "\n"))
	for _, page := range info.Pages {
		if strings.TrimSpace(page.Title) != "" {
			add(topicPage+page.ID, strings.TrimSpace(page.Title), page.Text)
		}
	}

	return all, nil
}

// info offers what there is to know, or tells the only thing.
func (t *turn) info() error {
	topics, err := t.topics()
	if err != nil {
		return err
	}
	t.s.leave()
	switch len(topics) {
	case 0:
		return t.ask(stepDone, t.tr.Get("info.none"), []Offer{t.human(), t.start()})
	case 1:
		t.say(topics[0].text)

		return t.menu()
	}
	const most = 9 // with the way out, the ten rows of the narrowest channel
	var offers []Offer
	for _, topic := range topics[:min(len(topics), most)] {
		offers = append(offers, Offer{Label: topic.label, Do: doTopic, Ref: topic.ref})
	}

	return t.ask(stepInfo, t.tr.Get("info.ask"), append(offers, t.start()))
}

// tell answers one topic; false: there is nothing to tell. Whoever is in the
// middle of booking is taken back to where they were.
func (t *turn) tell(ref string) (bool, error) {
	topics, err := t.topics()
	if err != nil {
		return false, err
	}
	for _, topic := range topics {
		if topic.ref != ref {
			continue
		}
		t.say(topic.text)
		if t.booking() {
			return true, t.again()
		}

		return true, t.menu()
	}

	return false, nil
}

// hoursText writes opening hours one line for each run of days that have the
// same: "Segunda-feira a sexta-feira: 09:00–12:00, 14:00–18:00".
func (t *turn) hoursText(hours []Opening) string {
	var week [7]string // Monday first
	sorted := slices.Clone(hours)
	slices.SortFunc(sorted, func(a, b Opening) int { return a.Start - b.Start })
	for _, o := range sorted {
		day := (int(o.Weekday) + 6) % 7
		if week[day] != "" {
			week[day] += ", "
		}
		week[day] += t.clock(o.Start) + "–" + t.clock(o.End)
	}
	var lines []string
	for first := 0; first < 7; {
		last := first
		for last < 6 && week[last+1] == week[first] {
			last++
		}
		if week[first] != "" {
			days := t.tr.Weekday(time.Weekday((first + 1) % 7))
			if last > first {
				days = t.tr.Get("info.range", "from", days, "to", t.tr.Weekday(time.Weekday((last+1)%7)))
			}
			lines = append(lines, texts.Capital(days)+": "+week[first])
		}
		first = last + 1
	}

	return strings.Join(lines, "\n")
}

// clock writes a minute of the day, or of the one after it.
func (t *turn) clock(minute int) string {
	return t.tr.Clock(time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC))
}
